import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import {
  ask,
  CALLS,
  type Call,
  follow,
  Refused,
  readStatus,
} from '../../lib/control/index.ts';
import { socketPath } from '../support/socket-path.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

async function aServer(t: Test, answer: Answer): Promise<string> {
  const path = socketPath(t);
  const server = createServer((request, response) => void answer(request, response));
  server.listen(path);
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return path;
}

const REAL = { service: 'tcp:[2001:db8::1]:80', real: '[2001:db8::21]:80' };
const AT =
  '/v1/services/tcp%3A%5B2001%3Adb8%3A%3A1%5D%3A80/reals/%5B2001%3Adb8%3A%3A21%5D%3A80';

t.test('a call is sent as the contract has it', async (t) => {
  const path = await aServer(t, async (request, response) => {
    const { method, url, headers } = request;
    const body = await text(request);
    const said = [method, url, headers['content-type'] ?? null, body];
    response.end(JSON.stringify({ said }));
  });
  const json = 'application/json';
  const cases: readonly (readonly [Call<unknown>, ...unknown[]])[] = [
    [CALLS.services(), 'GET', '/v1/services', null, ''],
    [CALLS.change(REAL, { weight: null }), 'PATCH', AT, json, '{"weight":null}'],
    [CALLS.change(REAL, { state: 'drain' }), 'PATCH', AT, json, '{"state":"drain"}'],
    [CALLS.drain(REAL, 600), 'POST', `${AT}/drain`, json, '{"withinSeconds":600}'],
    [CALLS.reload(), 'POST', '/v1/reload', null, ''],
    [CALLS.plan(), 'GET', '/v1/plan', null, ''],
    [CALLS.events(0), 'GET', '/v1/events?since=0', null, ''],
    [CALLS.connections({}), 'GET', '/v1/connections', null, ''],
    [
      CALLS.connections({ server: '10.1.1.21:80' }, 5),
      'GET',
      '/v1/connections?server=10.1.1.21%3A80&most=5',
      null,
      '',
    ],
    [CALLS.end({ id: 'a-1' }), 'DELETE', '/v1/connections/a-1', null, ''],
    [
      CALLS.end({ service: 'fwm:5' }),
      'DELETE',
      '/v1/connections?service=fwm%3A5',
      null,
      '',
    ],
    [CALLS.persistence({}, 0), 'GET', '/v1/persistence?most=0', null, ''],
    [
      CALLS.forget({ client: '2001:db8::7' }),
      'DELETE',
      '/v1/persistence?client=2001%3Adb8%3A%3A7',
      null,
      '',
    ],
  ];
  for (const [{ expected: _, ...call }, ...said] of cases)
    t.same(await ask(path, { ...call, timeoutMs: 5_000 }), { said });
});

t.test('a refusal is told with its status and reasons', async (t) => {
  const path = await aServer(t, (request, response) => {
    response.statusCode = 422;
    const error = 'a.cf:1: wrong';
    response.end(
      request.method === 'POST'
        ? JSON.stringify({ error, errors: ['one', 2] })
        : '<html>',
    );
  });
  const timeoutMs = 5_000;
  const known = await ask(path, { ...CALLS.reload(), timeoutMs }).catch(
    (error) => error,
  );
  t.type(known, Refused);
  t.match(known, { status: 422, message: 'a.cf:1: wrong', errors: ['one', '2'] });
  const other = await ask(path, { ...CALLS.plan(), timeoutMs }).catch((error) => error);
  t.match(other, { status: 422, message: 'answered 422: <html>' });
});

t.test('what is no answer is said in words', async (t) => {
  const none = { ...CALLS.plan(), timeoutMs: 5_000 };
  for (const path of ['/nowhere.sock', `/${'nowhere'.repeat(20)}.sock`])
    await t.rejects(ask(path, none), { message: /^no director is running/ });
  const silent = await aServer(t, () => {});
  await t.rejects(ask(silent, { ...none, timeoutMs: 50 }), {
    message: /does not answer .* 0.05 s/,
  });
  const reason = new Error('the user has left');
  const signal = AbortSignal.abort(reason);
  await t.rejects(ask(silent, { ...none, signal }), { message: reason.message });
  const number = await aServer(t, (_, response) => response.end('5'));
  await t.rejects(ask(number, none), { message: /did not answer as a director does/ });
});

t.test('a status that is refused says where', async (t) => {
  const path = await aServer(t, (_, response) => {
    response.statusCode = 503;
    response.end('{"error": "engine is gone"}');
  });
  const message = `${path}: engine is gone`;
  await t.rejects(readStatus(path, { timeoutMs: 5_000 }), { message });
});

const EVENT = {
  id: 1,
  at: '2026-11-23T20:00:00.000Z',
  type: 'reload',
  ok: true,
  reason: null,
};

t.test('follow yields events in whatever pieces they come', async (t) => {
  const path = await aServer(t, (request, response) => {
    t.match(request.headers.accept, 'text/event-stream');
    t.equal(request.url, '/v1/events?since=7');
    const stream = [1, 2, 3]
      .map(
        (id) =>
          `id: ${id}\nevent: reload\ndata: ${JSON.stringify({ ...EVENT, id })}\n\n:\n`,
      )
      .join('data: {"odd": 1}\n\n');
    for (const letter of stream) response.write(letter);
  });
  const end = new AbortController();
  const ids: number[] = [];
  for await (const event of follow(path, 7, end.signal)) {
    t.match(event, { type: 'reload', ok: true });
    if (ids.push(event.id) === 3) end.abort();
  }
  t.same(ids, [1, 2, 3]);
});

t.test('follow says when the director is gone, or will not be followed', async (t) => {
  const { signal } = new AbortController();
  const first = (path: string) => follow(path, undefined, signal).next();
  for (const path of ['/nowhere.sock', `/${'nowhere'.repeat(20)}.sock`])
    await t.rejects(first(path), { message: /^no director is running/ });
  const leaving = await aServer(t, (_, response) => response.end(': bye\n'));
  await t.rejects(first(leaving), { message: /has ended the connection/ });
  const full = await aServer(t, (_, response) => {
    response.statusCode = 503;
    response.end('{"error": "16 follow already"}');
  });
  const refused = await first(full).catch((error) => error);
  t.type(refused, Refused);
  t.match(refused, { status: 503, message: '16 follow already' });
  const rubbish = await aServer(t, (_, response) => response.end('data: {\n'));
  await t.rejects(first(rubbish), { message: /JSON/ });
  const endless = await aServer(t, (_, response) => response.end('x'.repeat(2 << 20)));
  await t.rejects(first(endless), { message: /longer than 1 MiB/ });
});

t.test('one who leaves in the middle closes the connection', async (t) => {
  let closed: Promise<unknown> | undefined;
  const path = await aServer(t, (request, response) => {
    closed = once(request.socket, 'close');
    response.write(`data: ${JSON.stringify(EVENT)}\n\n`);
  });
  for await (const { id } of follow(path, 0, new AbortController().signal)) {
    t.equal(id, 1);
    break;
  }
  await closed;
});

t.test('an answer without an end is not waited for', async (t) => {
  const path = await aServer(t, (_, response) => {
    response.writeHead(200).write('{"services":');
    const dripping = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(dripping));
  });
  const message = `the director does not answer on ${path} within 0.3 s`;
  await t.rejects(ask(path, { ...CALLS.services(), timeoutMs: 300 }), { message });
});
