import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import { inForce } from './in-force.ts';
import { lowPort } from './low-port.ts';
import { Site } from './site.ts';

/** A real server that says nothing and keeps every connection. */
async function holder(t: Test): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** A director of two real servers, which runs. */
export async function director(t: Test) {
  const [one, two, port] = [await holder(t), await holder(t), await lowPort()];
  const site = new Site(
    t,
    `checkinterval=1
quiescent=yes
logfile="LOG"
virtual=127.0.0.1:${port}
\treal=127.0.0.1:${one} masq 1
\treal=127.0.0.1:${two} masq 1
\tchecktype=connect
\tprotocol=tcp
\tscheduler=rr
`,
  );
  const { code, stderr } = await site.run('start');
  t.same([code, stderr], [0, '']);
  const act = (...words: string[]) => site.call(site.config, ...words);
  await act('wait', '--for', 'up');
  await inForce(join(site.runtimeDir, 'l4director.a.cf.sock'));
  return { site, act, port, one: `127.0.0.1:${one}`, two: `127.0.0.1:${two}` };
}

/** A client's connection. */
export async function client(t: Test, port: number) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}
