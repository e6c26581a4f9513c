import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { startServer } from './server.ts';

/** Debian's squid until the test ends, without a cache; needs squid, root. It fetches for
 *  clients on loopback, and denies the path `/denied`.
 *  @returns its port */
export async function startSquid(t: Pick<Test, 'teardown'>): Promise<number> {
  const { ports } = await startServer(t, {
    name: 'squid',
    ports: 1,
    prepare(folder, [port = 0]) {
      const file = join(folder, 'squid.conf');
      writeFileSync(file, configuration(folder, port));
      return { command: '/usr/sbin/squid', args: ['-N', '-d', '1', '-f', file] };
    },
  });
  return ports[0] ?? 0;
}

function configuration(folder: string, port: number): string {
  return `
http_port 127.0.0.1:${port}
http_port [::1]:${port}
visible_hostname lab
acl denied urlpath_regex ^/denied
http_access deny denied
http_access allow localhost
http_access deny all
cache deny all
access_log none
cache_log /dev/null
pid_filename none
coredump_dir ${folder}
pinger_enable off
shutdown_lifetime 0 seconds
`;
}
