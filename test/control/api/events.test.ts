import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { CALLS, ask as call, follow } from '../../../lib/control/index.ts';
import type { DirectorEvent, Happening } from '../../../lib/model/event.ts';
import { ask, openControl, raw } from '../../support/control.ts';
import { until } from '../../support/site.ts';

t.jobs = 8;
t.setTimeout(90_000);
const SIDE_BY_SIDE = { buffered: true };

const RELOAD: Happening = { type: 'reload', ok: true, reason: null };
const BAD: Happening = { type: 'reload', ok: false, reason: 'a.cf:1:\nwrong' };
const ASKING = 'GET /v1/events?since=0 HTTP/1.1\r\nHost: x\r\n\r\n';

/** The first so many of those that follow. */
async function first(
  path: string,
  since: number | undefined,
  count: number,
): Promise<readonly DirectorEvent[]> {
  const events: DirectorEvent[] = [];
  for await (const event of follow(path, since, new AbortController().signal)) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

t.test('the stream is as browsers read it', SIDE_BY_SIDE, async (t) => {
  const { path, desk } = await openControl(t);
  desk.events.tell(RELOAD);
  desk.events.tell(BAD);
  const asking = request({
    socketPath: path,
    path: '/v1/events?since=0',
    agent: false,
  });
  asking.end();
  const [response] = await once(asking, 'response');
  t.equal(response.statusCode, 200);
  t.match(response.headers, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'content-length': undefined,
  });
  let text = '';
  response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  await until(() => text.includes('id: 2'), 'both events');
  const [one, two] = desk.events.since(0).map((event) => JSON.stringify(event));
  t.equal(
    text,
    `:\n\nid: 1\nevent: reload\ndata: ${one}\n\nid: 2\nevent: reload\ndata: ${two}\n\n`,
  );
  asking.destroy();
});

t.test('it begins where one has left off', SIDE_BY_SIDE, async (t) => {
  const { path, desk } = await openControl(t);
  for (let id = 1; id <= 5; id++) desk.events.tell(RELOAD);
  const ids = async (since: number, count: number) =>
    (await first(path, since, count)).map(({ id }) => id);
  t.same(await ids(0, 5), [1, 2, 3, 4, 5]);
  t.same(await ids(3, 2), [4, 5]);
  t.same(await ids(99, 5), [1, 2, 3, 4, 5], 'a director that began anew');
  const now = first(path, undefined, 1);
  // Nothing tells when it has begun to follow.
  const telling = setInterval(() => desk.events.tell(BAD), 300);
  t.match(await now, [{ reason: 'a.cf:1:\nwrong' }]);
  clearInterval(telling);
});

t.test('the id last had counts more than the first query', SIDE_BY_SIDE, async (t) => {
  const { path, desk } = await openControl(t);
  for (let id = 1; id <= 5; id++) desk.events.tell(RELOAD);
  const accept = 'application/json';
  const ids = async (url: string, last: string) => {
    const reply = await ask(path, url, { headers: { accept, 'last-event-id': last } });
    const { events, error } = JSON.parse(reply.text);
    return error ?? events.map(({ id }: DirectorEvent) => id);
  };
  t.same(await ids('/v1/events', '3'), [4, 5]);
  t.same(await ids('/v1/events?since=1', '4'), [5]);
  t.same(await ids('/v1/events?since=4', ''), [5]);
  t.same(await ids('/v1/events', '0'), [1, 2, 3, 4, 5]);
  t.match(await ids('/v1/events', 'x'), /^last-event-id: x: expected/);
});

t.test('a list for those who accept JSON only', SIDE_BY_SIDE, async (t) => {
  const { path, desk } = await openControl(t);
  desk.events.tell(RELOAD);
  const typeFor = async (accept: string) => {
    const said = await raw(
      path,
      `HEAD /v1/events HTTP/1.1\r\nHost: x\r\nAccept: ${accept}\r\n\r\n`,
    );
    return /content-type: ([\w/-]+)/i.exec(said)?.[1];
  };
  t.equal(await typeFor('application/json'), 'application/json');
  t.equal(await typeFor('text/event-stream'), 'text/event-stream');
  t.equal(await typeFor('text/event-stream, application/json'), 'text/event-stream');
  t.equal(await typeFor('*/*'), 'text/event-stream');
});

t.test(
  'a thousand kept events reach one who reads, in order',
  SIDE_BY_SIDE,
  async (t) => {
    const { path, desk } = await openControl(t);
    const reason = 'x'.repeat(1_000);
    for (let id = 1; id <= 1_200; id++) desk.events.tell({ ...BAD, reason });
    const events = await first(path, 0, 1_000);
    t.same(
      events.map(({ id }) => id),
      Array.from({ length: 1_000 }, (_, place) => 201 + place),
    );
  },
);

t.test('sixteen follow, and take no room of those who ask', SIDE_BY_SIDE, async (t) => {
  const { path, desk } = await openControl(t);
  const leave = new AbortController();
  let heard = 0;
  const followers = Array.from({ length: 16 }, async () => {
    for await (const { id } of follow(path, 0, leave.signal)) heard += id;
  });
  desk.events.tell(RELOAD);
  await until(() => heard === 16, 'the first event at all of them');
  const more = await ask(path, '/v1/events');
  t.match([more.status, more.text], [503, 'too many follow the events already']);
  const idle = Array.from({ length: 100 }, () =>
    connect({ path }).on('error', () => {}),
  );
  t.teardown(() => {
    for (const socket of idle) socket.destroy();
  });
  const list = await ask(path, '/v1/events', {
    headers: { accept: 'application/json' },
  });
  t.equal(list.status, 200);
  desk.events.tell(RELOAD);
  await until(() => heard === 48, 'the second event at all of them');
  leave.abort();
  await Promise.all(followers);
  await until(
    async () => (await first(path, 0, 1).catch(() => [])).length === 1,
    'room again',
  );
});

t.test('a heartbeat comes every ten seconds', SIDE_BY_SIDE, async (t) => {
  const { path } = await openControl(t);
  const client = connect({ path });
  let text = '';
  client.setEncoding('latin1').on('data', (piece) => (text += piece));
  client.write(ASKING);
  await until(() => text.split(':\n\n').length > 2, 'the second heartbeat');
  client.destroy();
  t.pass();
});

t.test(
  'one that takes nothing is dropped, and costs little',
  SIDE_BY_SIDE,
  async (t) => {
    const { path, desk } = await openControl(t);
    const client = connect({ path });
    client.on('error', () => {});
    client.write(ASKING);
    client.pause();
    const reason = 'x'.repeat(1_000);
    for (let id = 1; id <= 1_000; id++) desk.events.tell({ ...BAD, reason });
    await sleep(25_000);
    let taken = 0;
    client.on('data', (piece) => (taken += piece.length));
    const closed = once(client, 'close');
    client.resume();
    await closed;
    t.ok(taken < 500_000, `the rest is gone: it has ${taken} bytes`);
  },
);

t.test('the stream outlives what others are allowed', SIDE_BY_SIDE, async (t) => {
  const { path, desk } = await openControl(t);
  const heard = first(path, undefined, 1);
  await sleep(33_000);
  desk.events.tell(RELOAD);
  t.match(await heard, [{ id: 1 }]);
});

t.test('a drain is waited for as long as it takes', SIDE_BY_SIDE, async (t) => {
  const { path, desk } = await openControl(t);
  const real = { service: 'tcp:10.1.1.19:80', real: '10.1.1.21:80' };
  const asked = call(path, { ...CALLS.drain(real, 600), timeoutMs: 60_000 });
  await sleep(33_000);
  for (const { empty } of desk.draining) empty();
  t.match(await asked, { seconds: 600 });
});

t.test('an answer that takes longer than 8 s is given up', SIDE_BY_SIDE, async (t) => {
  const { path, desk } = await openControl(t);
  desk.connections = () => new Promise(() => {});
  const reply = await ask(path, '/v1/connections');
  t.match([reply.status, reply.text], [503, 'no answer from the director within 8 s']);
});

t.test('the end of the server ends the stream', SIDE_BY_SIDE, async (t) => {
  const { path, server, desk } = await openControl(t);
  const events = follow(path, 0, new AbortController().signal);
  desk.events.tell(RELOAD);
  t.match(await events.next(), { value: { id: 1 } });
  const next = t.rejects(events.next(), { message: /has ended the connection$/ });
  await server.close();
  await next;
});
