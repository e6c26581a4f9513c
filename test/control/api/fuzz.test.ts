import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { ask, openControl, raw } from '../../support/control.ts';

/* What strangers may send: nothing of it is carried out unless it is understood, all of it is
   answered or dropped in time, and none keeps out the others. */
t.jobs = 4;
t.setTimeout(60_000);
const SIDE_BY_SIDE = { buffered: true };

const AT = '/v1/services/tcp:10.1.1.19:80/reals/10.1.1.21:80';
const HEAD = `PATCH ${AT} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;

function statusOf(said: string): number {
  return Number(/^HTTP\/1\.1 (\d+) /.exec(said)?.[1] ?? 0);
}

function isField([name, value]: readonly [string, unknown]): boolean {
  if (name === 'state')
    return ['ready', 'drain', 'maintenance'].some((w) => w === value);
  const whole = typeof value === 'number' && Number.isInteger(value);
  return (
    name === 'weight' && (value === null || (whole && value >= 0 && value <= 65_535))
  );
}

function isWish(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const rows = Object.entries(value);
  return rows.length > 0 && rows.every(isField);
}

t.test('what is deep or much is refused in few words', SIDE_BY_SIDE, async (t) => {
  const { path } = await openControl(t);
  const deep = `${'['.repeat(8_000)}${']'.repeat(8_000)}`;
  const many = Array.from({ length: 1_500 }, (_, row) => `"k${row}":1`).join();
  for (const body of [deep, `{"weight":${deep}}`, `{${many}}`]) {
    const { status, text } = await ask(path, AT, { method: 'PATCH', body });
    t.equal(status, 400);
    t.ok(text.length < 4_000, `${text.length} characters`);
  }
});

t.test(
  'any JSON is a wish or refused, and nothing in between',
  SIDE_BY_SIDE,
  async (t) => {
    const { path, desk } = await openControl(t);
    const wish = fc.record(
      {
        weight: fc.option(fc.integer({ min: 0, max: 65_535 })),
        state: fc.constantFrom('ready', 'drain', 'maintenance'),
      },
      { requiredKeys: [] },
    );
    const near = fc.record(
      {
        weight: fc.oneof(
          fc.integer({ min: -5, max: 70_000 }),
          fc.double(),
          fc.jsonValue(),
        ),
        state: fc.oneof(fc.constantFrom('ready', 'drain', 'up', ''), fc.jsonValue()),
        more: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(wish, near, fc.jsonValue()), async (value) => {
        const before = desk.told.length;
        const body = JSON.stringify(value);
        const reply = await ask(path, AT, { method: 'PATCH', body });
        const { error = null } = JSON.parse(reply.text);
        const happened = [reply.status, desk.told.length - before, typeof error];
        const right = isWish(JSON.parse(body))
          ? [200, 1, 'object']
          : [400, 0, 'string'];
        if (`${happened}` !== `${right}`) throw new Error(`${happened} to ${body}`);
      }),
      { numRuns: 200 },
    );
    t.ok(desk.told.length > 0, `${desk.told.length} of them were wishes`);
  },
);

t.test('any bytes as a body are a 400', SIDE_BY_SIDE, async (t) => {
  const { path, desk } = await openControl(t);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const body = Buffer.concat([Buffer.from('{"weight": '), bytes]);
      const { status } = await ask(path, AT, { method: 'PATCH', body });
      const digits = /^\{"weight": \s*(\d{1,4}|null)\s*\}\s*$/.test(
        body.toString('latin1'),
      );
      if (status !== (digits ? 200 : 400)) throw new Error(`${status}`);
    }),
    { numRuns: 300 },
  );
  t.ok(desk.told.length < 5);
});

t.test('any method and path is answered in words', SIDE_BY_SIDE, async (t) => {
  const { path } = await openControl(t);
  const word = fc.oneof(
    fc.constantFrom(
      'v1',
      'services',
      'reals',
      'drain',
      'connections',
      'events',
      '%',
      '%2',
    ),
    fc.constantFrom(
      '..',
      '',
      '%2f',
      'tcp:10.1.1.19:80',
      '__proto__',
      '{service}',
      '%00',
    ),
    fc.webPath(),
  );
  const url = fc.tuple(fc.array(word, { maxLength: 7 }), fc.webQueryParameters());
  const method = fc.constantFrom(
    'GET',
    'HEAD',
    'PATCH',
    'POST',
    'DELETE',
    'PUT',
    'OPTIONS',
  );
  await fc.assert(
    fc.asyncProperty(method, url, async (verb, [words, query]) => {
      const target = `/${words.join('/')}?${query}`;
      const said = await raw(
        path,
        `${verb} ${target} HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n`,
      );
      const status = statusOf(said);
      if (![200, 400, 404, 405, 414, 415].includes(status))
        throw new Error(`${status} to ${verb} ${target}`);
    }),
    { numRuns: 300 },
  );
});

t.test('a huge body is refused unread', SIDE_BY_SIDE, async (t) => {
  const { path, desk } = await openControl(t);
  const told = await raw(path, `${HEAD}Content-Length: ${1 << 30}\r\n\r\n{"weight": 5`);
  t.equal(statusOf(told), 413);
  const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
  const chunked = await raw(
    path,
    `${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(3)}`,
  );
  t.equal(statusOf(chunked), 413);
  t.same(desk.told, []);
  const most = `{"weight": 5${' '.repeat((16 << 10) - 13)}}`;
  t.equal((await ask(path, AT, { method: 'PATCH', body: most })).status, 200);
  t.equal((await ask(path, AT, { method: 'PATCH', body: `${most} ` })).status, 413);
});

t.test('a body that is cut off changes nothing', SIDE_BY_SIDE, async (t) => {
  const { path, desk } = await openControl(t);
  for (const end of ['end', 'destroy'] as const) {
    const client = connect({ path }).on('error', () => {});
    client.write(`${HEAD}Content-Length: 13\r\n\r\n{"weight": 5`, () => client[end]());
    await new Promise((resolve) => client.resume().on('close', resolve));
  }
  t.equal(
    (await ask(path, AT, { method: 'PATCH', body: '{"weight": 6}' })).status,
    200,
  );
  t.equal(desk.told.length, 1);
});

t.test('of two changes in a row only the first is made', SIDE_BY_SIDE, async (t) => {
  const { path, desk } = await openControl(t);
  const change = (weight: number) =>
    `${HEAD}Content-Length: 13\r\n\r\n{"weight": ${weight}}`;
  await raw(path, change(1) + change(2) + change(3));
  t.ok(desk.told.length <= 1, `${desk.told.length}`);
  t.notMatch(desk.told.join(), '"weight":2');
});

/** Says a byte a second for ever. */
function drip(t: Test, client: Socket): void {
  const timer = setInterval(() => client.write(' '), 1_000);
  const stop = () => clearInterval(timer);
  client.on('close', stop);
  t.teardown(() => {
    stop();
    client.destroy();
  });
}

t.test('a slow body ends after 10 s, and keeps out nobody', SIDE_BY_SIDE, async (t) => {
  const { path, desk } = await openControl(t);
  const slow = Array.from({ length: 80 }, () =>
    connect({ path }).on('error', () => {}),
  );
  for (const client of slow) {
    client.write(`${HEAD}Content-Length: 1000\r\n\r\n{`);
    drip(t, client);
  }
  const began = performance.now();
  const last = slow.at(-1) ?? connect({ path });
  let text = '';
  last.setEncoding('latin1').on('data', (piece) => (text += piece));
  const closed = new Promise((resolve) => last.on('close', resolve));
  for (let round = 0; round < 5; round++)
    t.equal((await ask(path, '/v1/status')).status, 200);
  await closed;
  const seconds = (performance.now() - began) / 1000;
  t.equal(statusOf(text), 408);
  t.ok(seconds > 9 && seconds < 25, `after ${seconds.toFixed(1)} s`);
  t.same(desk.told, []);
});
