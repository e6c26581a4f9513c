import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import { raw } from './control.ts';
import { inForce } from './in-force.ts';
import { csvRows } from './line-client.ts';
import { Site, until, webServer } from './site.ts';
import { triedPort } from './tried-port.ts';

/** A director in front of two web servers that has carried twelve connections. */
export async function balancedSite(t: Test) {
  const reals = [await webServer(t), await webServer(t)];
  const port = await triedPort();
  const lines = reals.map((real) => `    real=127.0.0.1:${real} masq 2`);
  const head = [
    ...['checkinterval=1', 'quiescent=yes', 'logfile="LOG"'],
    `virtual=127.0.0.1:${port}`,
  ];
  const site = new Site(
    t,
    [...head, ...lines, '    scheduler=rr\n    checktype=connect\n'].join('\n'),
  );
  t.match(await site.run('start'), { code: 0 });
  const socket = join(site.runtimeDir, 'l4director.a.cf.sock');
  const service = `tcp:127.0.0.1:${port}`;
  const [one = '', two = ''] = reals.map((real) => `127.0.0.1:${real}`);
  const column = async (name: string, server = one) =>
    csvRows(await raw(socket, 'show stat\n')).find(({ svname }) => svname === server)?.[
      name
    ];
  await inForce(socket);
  for (let row = 0; row < 12; row++) await visit(port);
  await until(async () => (await column('stot', 'BACKEND')) === '12', 'all counted');
  return { site, socket, port, service, one, two, column };
}

/** One connection, a whole answer. */
async function visit(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.end('GET / HTTP/1.0\r\n\r\n');
  socket.resume();
  await once(socket, 'close');
}
