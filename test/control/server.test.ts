import { once } from 'node:events';
import {
  chmod,
  link,
  lstat,
  readdir,
  readFile,
  rename,
  stat,
  writeFile,
} from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type ControlServer, createControlServer } from '../../lib/control/index.ts';
import type { Log } from '../../lib/model/log.ts';
import type { StatusDocument } from '../../lib/model/status.ts';
import { socketPath } from '../support/socket-path.ts';
import { statusDocument } from '../support/status.ts';

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

interface Opened {
  readonly path: string;
  readonly server: ControlServer;
}

async function open(
  t: Test,
  status: () => Promise<StatusDocument> = async () => statusDocument(),
): Promise<Opened> {
  const path = socketPath(t);
  const server = await createControlServer({ path, status, log: silent });
  t.teardown(() => server.close());
  return { path, server };
}

interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

async function ask(
  socketPath: string,
  path: string,
  { method = 'GET' } = {},
): Promise<Reply> {
  const asking = request({ socketPath, path, method, agent: false });
  asking.end();
  const [response]: IncomingMessage[] = await once(asking, 'response');
  if (!response) throw new Error('no response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return { status: response.statusCode, headers: response.headers, text };
}

/** Everything the server says to these bytes until it closes. */
async function raw(path: string, bytes: string | Buffer): Promise<string> {
  const socket = connect({ path });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.write(bytes);
  await closed;
  return Buffer.concat(chunks).toString();
}

t.test('GET /v1/status is the document, as JSON', async (t) => {
  const { path } = await open(t);
  const reply = await ask(path, '/v1/status?pretty');
  t.equal(reply.status, 200);
  t.match(reply.headers['content-type'], 'application/json');
  t.equal(reply.headers.connection, 'close');
  t.same(JSON.parse(reply.text), statusDocument());
});

t.test(
  'the file is a socket of mode 0660, and nothing else is left beside it',
  async (t) => {
    const before = process.umask(0);
    t.teardown(() => process.umask(before));
    const { path } = await open(t);
    const found = await stat(path);
    t.ok(found.isSocket());
    t.equal(found.mode & 0o777, 0o660);
    t.same(await readdir(join(path, '..')), ['x.sock']);
  },
);

t.test('HEAD answers as GET does, without the body', async (t) => {
  const { path } = await open(t);
  const [head, get] = [
    await ask(path, '/v1/status', { method: 'HEAD' }),
    await ask(path, '/v1/status'),
  ];
  t.equal(head.status, 200);
  t.equal(head.text, '');
  t.equal(head.headers['content-length'], String(Buffer.byteLength(get.text)));
});

t.test('what is refused says what there is', async (t) => {
  const { path } = await open(t);
  const cases = [
    { url: '/', method: 'GET', status: 404, error: 'nothing at /' },
    { url: '/v1/statusx', method: 'GET', status: 404, error: 'nothing at /v1/statusx' },
    { url: '/metrics', method: 'POST', status: 405, error: '/metrics knows GET, HEAD' },
    { url: `/${'x'.repeat(2000)}`, method: 'GET', status: 414, error: 'longer than' },
  ];
  for (const { url, method, status, error } of cases) {
    const reply = await ask(path, url, { method });
    t.equal(reply.status, status, url.slice(0, 30));
    const body = JSON.parse(reply.text);
    t.match(body.error, error);
    t.same(
      body.exists.map((row: { path: string }) => row.path),
      ['/v1/status', '/metrics'],
    );
    t.equal(reply.headers.allow, status === 405 ? 'GET, HEAD' : undefined);
  }
});

t.test('a body is ignored, however large', async (t) => {
  const { path } = await open(t);
  const body = 'x'.repeat(1 << 20);
  const head = `GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;
  t.match(await raw(path, head + body), /^HTTP\/1.1 200 /);
});

t.test('many who ask at once share one collection', async (t) => {
  let collections = 0;
  const { path } = await open(t, async () => {
    collections++;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return statusDocument();
  });
  const replies = await Promise.all(
    Array.from({ length: 30 }, (_, i) => ask(path, i % 2 ? '/metrics' : '/v1/status')),
  );
  t.ok(replies.every(({ status }) => status === 200));
  t.ok(collections <= 3, `${collections} collections`);
});

t.test(
  'a status that fails is a 503 with the reason, and the next is asked anew',
  async (t) => {
    let fails = true;
    const { path } = await open(t, async () => {
      if (fails) throw new Error('engine is gone');
      return statusDocument();
    });
    const reply = await ask(path, '/v1/status');
    t.equal(reply.status, 503);
    t.match(JSON.parse(reply.text).error, 'engine is gone');
    fails = false;
    t.equal((await ask(path, '/v1/status')).status, 200);
  },
);

t.test('rubbish is told so and closed', async (t) => {
  const { path } = await open(t);
  t.match(await raw(path, Buffer.alloc(1 << 20, 0xff)), /^HTTP\/1.1 400 |^$/);
  t.match(await raw(path, 'EHLO x\r\n\r\n'), /^HTTP\/1.1 400 /);
  const longHeader = `GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`;
  t.match(await raw(path, longHeader), /^HTTP\/1.1 431 /);
  t.equal((await ask(path, '/v1/status')).status, 200);
});

t.test('one connection is one request', async (t) => {
  const { path } = await open(t);
  const one = 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n';
  const said = await raw(path, one.repeat(20_000));
  t.ok(said.split('HTTP/1.1 200').length <= 2);
  t.equal((await raw(path, one)).split('HTTP/1.1 200').length, 2);
});

t.test('idle clients never keep out one who asks', async (t) => {
  const { path } = await open(t);
  const idle = Array.from({ length: 300 }, () => connect({ path }));
  t.teardown(() => {
    for (const socket of idle) socket.destroy();
  });
  for (const socket of idle) socket.on('error', () => undefined);
  const dropped = idle
    .slice(0, 236)
    .map((socket) => new Promise((resolve) => socket.on('close', resolve)));
  t.equal((await ask(path, '/v1/status')).status, 200);
  await Promise.all(dropped);
  t.ok(idle.filter((socket) => !socket.closed).length <= 64);
});

t.test('a stale socket file is replaced', async (t) => {
  const path = socketPath(t);
  await staleSocket(path);
  const server = await createControlServer({
    path,
    status: async () => statusDocument(),
    log: silent,
  });
  t.teardown(() => server.close());
  t.equal((await ask(path, '/v1/status')).status, 200);
});

t.test('a live one is refused, and its holder named', async (t) => {
  const { path } = await open(t);
  const second = createControlServer({
    path,
    status: async () => statusDocument(),
    log: silent,
  });
  await t.rejects(second, {
    message: /x\.sock: l4director with pid 4711 .* listens there/,
  });
  t.equal((await ask(path, '/v1/status')).status, 200);
  t.same(await readdir(join(path, '..')), ['x.sock']);
});

t.test('a live one of another program is refused too', async (t) => {
  const path = socketPath(t);
  const other = createServer((socket) => socket.destroy()).listen(path);
  t.teardown(() => other.close());
  await once(other, 'listening');
  const second = createControlServer({
    path,
    status: async () => statusDocument(),
    log: silent,
  });
  await t.rejects(second, { message: /another process listens there/ });
  t.ok((await lstat(path)).isSocket());
});

t.test('a file that is no socket is refused and left alone', async (t) => {
  const path = socketPath(t);
  await writeFile(path, 'precious');
  const opening = createControlServer({
    path,
    status: async () => statusDocument(),
    log: silent,
  });
  await t.rejects(opening, { message: /is no socket/ });
  t.equal(await readFile(path, 'utf8'), 'precious');
});

t.test('of many who start at once on a stale file, one gets it', async (t) => {
  const path = socketPath(t);
  await staleSocket(path);
  const attempts = await Promise.allSettled(
    Array.from({ length: 16 }, () =>
      createControlServer({ path, status: async () => statusDocument(), log: silent }),
    ),
  );
  const open = attempts.flatMap((a) => (a.status === 'fulfilled' ? [a.value] : []));
  t.teardown(() => Promise.all(open.map((server) => server.close())));
  t.equal(open.length, 1);
  t.equal((await ask(path, '/v1/status')).status, 200);
});

t.test('close removes the file, but not one that has taken its place', async (t) => {
  const { path, server } = await open(t);
  await server.close();
  await t.rejects(lstat(path), { code: 'ENOENT' });

  const first = await createControlServer({
    path,
    status: async () => statusDocument(),
    log: silent,
  });
  await staleSocket(`${path}.new`);
  await rename(`${path}.new`, path);
  await first.close();
  t.ok((await lstat(path)).isSocket());
});

t.test('close drops clients and comes to an end', async (t) => {
  const { path, server } = await open(t);
  const idle = connect({ path });
  idle.on('error', () => undefined);
  await once(idle, 'connect');
  const closed = new Promise((resolve) => idle.on('close', resolve));
  await server.close();
  await closed;
  await server.close();
});

t.test('a path too long for a socket is refused in words', async (t) => {
  const path = join(tmpdir(), `${'x'.repeat(120)}.sock`);
  const opening = createControlServer({
    path,
    status: async () => statusDocument(),
    log: silent,
  });
  await t.rejects(opening, { message: /at most 107 bytes/ });
});

/** A socket file whose listener died without removing it. */
async function staleSocket(path: string): Promise<void> {
  const server = createServer().listen(`${path}.was`);
  await once(server, 'listening');
  await link(`${path}.was`, path);
  await chmod(path, 0o660);
  await new Promise((resolve) => server.close(resolve));
}
