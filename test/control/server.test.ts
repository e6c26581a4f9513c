import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import t from 'tap';
import { readStatus } from '../../lib/control/index.ts';
import { ask, openControl, raw } from '../support/control.ts';
import { statusDocument } from '../support/status.ts';

t.test('GET /v1/status is the document, as JSON', async (t) => {
  const { path } = await openControl(t);
  const reply = await ask(path, '/v1/status?pretty');
  t.equal(reply.status, 200);
  t.match(reply.headers['content-type'], 'application/json');
  t.equal(reply.headers.connection, 'close');
  t.same(JSON.parse(reply.text), statusDocument());
});

t.test('?checks=N asks for as many results, and nothing else is taken', async (t) => {
  const { path } = await openControl(t, async (checks) =>
    statusDocument({ config: `with ${checks} checks` }),
  );
  const asked = async (query: string) => {
    const { status, text } = await ask(path, `/v1/status${query}`);
    const { config, error } = JSON.parse(text);
    return [status, config ?? error];
  };
  t.same(await asked(''), [200, 'with 0 checks']);
  t.same(await asked('?pretty'), [200, 'with 0 checks']);
  for (const checks of [1, 7, 20])
    t.same(await asked(`?pretty&checks=${checks}`), [200, `with ${checks} checks`]);
  const bad = ['', '0', '21', '-1', '1.5', '0x5', 'all', '1e1', '20;'];
  for (const text of bad)
    t.same(await asked(`?checks=${encodeURIComponent(text)}`), [
      400,
      `checks=${text}: expected once a whole number, 1 to 20, as in "?checks=20"`,
    ]);
  t.match(await asked('?checks=5&checks=5'), [400, /^checks=5, 5: expected once/]);
});

t.test('what a client has changed is in what it reads next', async (t) => {
  let ended = 0;
  const collections: (() => void)[] = [];
  const { path, desk } = await openControl(t, async () => {
    const seen = ended; // engines are asked first, and answer later
    await new Promise<void>((resolve) => collections.push(resolve));
    return statusDocument({ pid: seen });
  });
  const end = desk.end.bind(desk);
  desk.end = async (...order) => end(...order).finally(() => (ended = 1));
  const before = [
    ask(path, '/v1/status'),
    ask(path, '/v1/services'),
    ask(path, '/metrics'),
  ];
  while (collections.length < 1) await new Promise(setImmediate);
  const server = '/v1/connections?server=10.1.1.21:80';
  t.equal((await ask(path, server, { method: 'DELETE' })).status, 200);
  const after = ['/v1/status', '/v1/status'].map((url) => ask(path, url));
  const releasing = setInterval(() => collections.shift()?.(), 20);
  t.teardown(() => clearInterval(releasing));
  for (const reply of await Promise.all(after)) t.equal(JSON.parse(reply.text).pid, 1);
  for (const reply of await Promise.all(before)) t.equal(reply.status, 200);
});

t.test('who asks for different numbers of results shares nothing', async (t) => {
  const asked: number[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const { path } = await openControl(t, async (checks) => {
    asked.push(checks);
    await held;
    return statusDocument({ pid: checks });
  });
  const queries = [1, 2, 1, 2, 1].map((checks) => `/v1/status?checks=${checks}`);
  const replies = Promise.all(queries.map((url) => ask(path, url)));
  while (asked.length < 2) await new Promise(setImmediate);
  release();
  t.same(
    (await replies).map(({ text }) => JSON.parse(text).pid),
    [1, 2, 1, 2, 1],
  );
});

t.test('a request as to a proxy is answered as its path', async (t) => {
  const { path } = await openControl(t, async (checks) =>
    statusDocument({ config: `with ${checks} checks` }),
  );
  const reply = await ask(path, 'HTTP://any.example:80/v1/status?checks=3');
  t.match([reply.status, reply.text], [200, '"with 3 checks"']);
  for (const url of ['http://any.example', 'http://any.example/'])
    t.match((await ask(path, url)).text, '"nothing at /"');
});

t.test('HEAD answers as GET does, without the body', async (t) => {
  const { path } = await openControl(t);
  const [head, get] = [
    await ask(path, '/v1/status', { method: 'HEAD' }),
    await ask(path, '/v1/status'),
  ];
  t.equal(head.status, 200);
  t.equal(head.text, '');
  t.equal(head.headers['content-length'], String(Buffer.byteLength(get.text)));
});

const PATHS = [
  '/v1/status',
  '/metrics',
  '/v1/services',
  '/v1/services/{service}',
  '/v1/services/{service}/reals/{real}',
  '/v1/services/{service}/reals/{real}',
  '/v1/services/{service}/reals/{real}/drain',
  '/v1/reload',
  '/v1/plan',
  '/v1/events',
  '/v1/connections',
  '/v1/connections',
  '/v1/connections/{id}',
  '/v1/persistence',
  '/v1/persistence',
  '/v1/ready',
  '/v1/role',
  '/v1/role',
  '/v1/openapi.json',
];

t.test('what is refused says what there is', async (t) => {
  const { path } = await openControl(t);
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
      PATHS,
    );
    t.equal(reply.headers.allow, status === 405 ? 'GET, HEAD' : undefined);
  }
});

t.test('a body is ignored, however large', async (t) => {
  const { path } = await openControl(t);
  const body = 'x'.repeat(1 << 20);
  const head = `GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;
  t.match(await raw(path, head + body), /^HTTP\/1.1 200 /);
});

t.test('many who ask at once share one collection', async (t) => {
  let collections = 0;
  const { path } = await openControl(t, async () => {
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
    const { path } = await openControl(t, async () => {
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
  const { path } = await openControl(t);
  t.match(await raw(path, Buffer.alloc(1 << 20, 0xff)), /^HTTP\/1.1 400 |^$/);
  t.match(await raw(path, 'EHLO x\r\n\r\n'), /^HTTP\/1.1 400 /);
  const longHeader = `GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`;
  t.match(await raw(path, longHeader), /^HTTP\/1.1 431 /);
  t.equal((await ask(path, '/v1/status')).status, 200);
});

t.test('one connection is one request', async (t) => {
  const { path } = await openControl(t);
  const one = 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n';
  const said = await raw(path, one.repeat(20_000));
  t.ok(said.split('HTTP/1.1 200').length <= 2);
  t.equal((await raw(path, one)).split('HTTP/1.1 200').length, 2);
});

t.test('idle clients never keep out one who asks', async (t) => {
  const { path } = await openControl(t);
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

t.test('a crowd at the door keeps out nobody who asks for the status', async (t) => {
  const { path } = await openControl(t);
  const turnedAway: Socket[] = [];
  const crowd = Array.from({ length: 1000 }, () => connect({ path }));
  for (const socket of crowd) socket.on('error', () => turnedAway.push(socket));
  t.equal((await readStatus(path, { timeoutMs: 5_000 })).pid, 4711);
  t.ok(
    turnedAway.length > 100,
    'the kernel turned away who found no place in the queue',
  );
  for (const socket of crowd) socket.destroy();
});

t.test('where all are being served, one too many is dropped', async (t) => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const { path } = await openControl(t, () => held.then(() => statusDocument()));
  const asked = Array.from({ length: 65 }, () => ask(path, '/v1/status'));
  await t.rejects(Promise.all(asked));
  release();
  const replies = await Promise.allSettled(asked);
  const served = replies.filter(
    (reply) => reply.status === 'fulfilled' && reply.value.status === 200,
  );
  t.equal(served.length, 64);
});

t.test('close drops clients and comes to an end', async (t) => {
  const { path, server } = await openControl(t);
  const idle = connect({ path });
  idle.on('error', () => undefined);
  await once(idle, 'connect');
  const closed = new Promise((resolve) => idle.on('close', resolve));
  await server.close();
  await closed;
  await server.close();
});
