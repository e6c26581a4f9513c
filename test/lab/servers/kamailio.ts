import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { startServer } from './server.ts';

/** Debian's kamailio until the test ends, on UDP and TCP; needs kamailio, root. It answers
 *  OPTIONS with 200, but what is about the user `closed` with 503, about `locked` with 401, about
 *  `slow` with 100 first, and about `silent` with nothing.
 *  @returns its port */
export async function startKamailio(t: Pick<Test, 'teardown'>): Promise<number> {
  const { ports } = await startServer(t, {
    name: 'kamailio',
    ports: 1,
    prepare(folder, [port = 0]) {
      const file = join(folder, 'kamailio.cfg');
      writeFileSync(file, configuration(port));
      spawnSync('chown', ['-R', 'kamailio:kamailio', folder]);
      const user = ['-u', 'kamailio', '-g', 'kamailio'];
      // In the foreground, with little memory and all its files in the folder.
      const args = ['-DD', '-E', '-m', '8', '-M', '4', '-Y', folder, '-w', folder];
      return { command: '/usr/sbin/kamailio', args: [...args, ...user, '-f', file] };
    },
  });
  return ports[0] ?? 0;
}

function configuration(port: number): string {
  const listen = ['udp', 'tcp'].flatMap((protocol) =>
    ['127.0.0.1', '[::1]'].map((address) => `listen=${protocol}:${address}:${port}`),
  );
  return `#!KAMAILIO
children=1
tcp_children=1
auto_aliases=no
dns=no
rev_dns=no
${listen.join('\n')}
loadmodule "sl.so"
request_route {
  if (method != "OPTIONS") { sl_send_reply("405", "Method Not Allowed"); exit; }
  if (uri =~ "^sip:silent@") { exit; }
  if (uri =~ "^sip:closed@") { sl_send_reply("503", "Service Unavailable"); exit; }
  if (uri =~ "^sip:locked@") { sl_send_reply("401", "Unauthorized"); exit; }
  if (uri =~ "^sip:slow@") { sl_send_reply("100", "Trying"); }
  sl_send_reply("200", "OK");
}
`;
}
