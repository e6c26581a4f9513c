import { once } from 'node:events';
import {
  createServer,
  get,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { get as getOverTls } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { Identity } from '../../lib/control/web/index.ts';
import { createViewer } from '../../lib/control/web/viewer.ts';
import { testAuthority } from '../support/certificates.ts';
import { type Served, serveDouble, webDouble } from '../support/web-double.ts';

/* What one who wants to hold the page up can do, logged in or not. */

function identity(t: Test): Identity {
  const { cert, key } = testAuthority(t.testdir()).issue('localhost');
  return { cert: Buffer.from(cert), key: Buffer.from(key) };
}

async function serve(t: Test, tls?: Identity): Promise<Served> {
  const served = await serveDouble(webDouble(), tls ? { tls } : {});
  t.teardown(() => served.web.close());
  return served;
}

async function ask(url: string, headers: Record<string, string> = {}) {
  const options = { agent: false, rejectUnauthorized: false, headers };
  const asking = (url.startsWith('https') ? getOverTls : get)(url, options);
  const [response]: IncomingMessage[] = await once(asking, 'response');
  if (!response) throw new Error('no response');
  return response;
}

async function arrive(
  t: Test,
  port: number,
  said: string | Buffer = '',
): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.on('error', () => undefined).resume();
  socket.write(said);
  await once(socket, 'connect');
  return socket;
}

const LOGIN =
  'POST /api/login HTTP/1.1\r\nHost: localhost\r\ncontent-type: application/json\r\n';

for (const over of ['TCP', 'TLS'])
  t.test(`who is idle or slow keeps nobody out, over ${over}`, async (t) => {
    const { web, url } = await serve(t, over === 'TLS' ? identity(t) : undefined);
    const session = await ask(`${url}/api/session`);
    const [cookie = ''] = session.headers['set-cookie'] ?? [];
    const live = await ask(`${url}/api/live`, { cookie: cookie.split(';')[0] ?? '' });
    let heard = 0;
    live.on('data', () => heard++);
    const slow = (row: number) => over === 'TCP' && row % 2 === 1;
    const crowd = Array.from({ length: 220 }, (_, row) =>
      arrive(t, web.port, slow(row) ? `${LOGIN}content-length: 9\r\n\r\n{` : ''),
    );
    const sockets = await Promise.all(crowd);
    for (let count = 0; count < 5; count++)
      t.equal((await ask(url)).resume().statusCode, 200);
    t.ok(sockets.filter(({ closed }) => !closed).length <= 200);
    const before = heard;
    while (heard === before) await once(live, 'data');
    t.notOk(live.closed, 'who looks goes on looking');
    live.destroy();
  });

t.test('the page closes at once, whoever is in a handshake', async (t) => {
  const { web } = await serve(t, identity(t));
  await arrive(t, web.port);
  await arrive(t, web.port, Buffer.from([0x16, 3, 1]));
  await sleep(100);
  const began = performance.now();
  await web.close();
  t.ok(performance.now() - began < 6_000);
});

t.test('a request that breaks off is no line of the log', async (t) => {
  const { web, url, log } = await serve(t);
  const halves = [
    `${LOGIN}content-length: 100\r\n\r\n{"us`,
    `${LOGIN}transfer-encoding: chunked\r\n\r\n4\r\n{"us\r\n`,
    `${LOGIN}transfer-encoding: chunked\r\n\r\n4\r\n{"us\r\nzz\r\n`,
  ];
  for (const half of halves)
    for (const leave of ['end', 'destroy'] as const) {
      const socket = await arrive(t, web.port, half);
      await sleep(50);
      socket[leave]();
      if (!socket.closed) await once(socket, 'close');
    }
  t.equal((await ask(url)).resume().statusCode, 200);
  t.same(log.lines, []);
});

/** A stream of the server's side whose reader takes nothing. */
async function unreadStream(t: Test): Promise<ServerResponse> {
  const server = createServer();
  t.teardown(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const reader = connect(port, '127.0.0.1').pause();
  t.teardown(() => reader.destroy());
  reader.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const [, stream]: [IncomingMessage, ServerResponse] = (await once(
    server,
    'request',
  )) as [IncomingMessage, ServerResponse];
  return stream;
}

t.test('a viewer that has been sent away is told nothing more', async (t) => {
  const stream = await unreadStream(t);
  const errors: Error[] = [];
  stream.on('error', (error) => errors.push(error));
  let welcome = true;
  const viewer = createViewer(stream, () => welcome);
  viewer.picture('{}');
  welcome = false;
  viewer.tell('{}');
  viewer.warn('{}');
  await sleep(50);
  viewer.end();
  viewer.warn('{}');
  await sleep(50);
  t.same(errors, [], 'one that nobody hears would end the process');
});
