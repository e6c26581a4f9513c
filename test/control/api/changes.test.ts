import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { CALLS, ask as call, Refused } from '../../../lib/control/index.ts';
import { ask, openControl } from '../../support/control.ts';
import { ME } from '../../support/me.ts';
import { until } from '../../support/site.ts';

const WEB = 'tcp:10.1.1.19:80';
const ONE = '10.1.1.21:80';
const AT = `/v1/services/${WEB}/reals/${ONE}`;
const JSON_TYPE = 'application/json';

t.test('a weight and a state are changed, and taken back', async (t) => {
  const { path, desk } = await openControl(t);
  const by = { by: ME, since: '2026-11-26T12:00:00.000Z' };
  const change = async (body: string, url = AT) => {
    const reply = await ask(path, url, { method: 'PATCH', body });
    t.equal(reply.status, 200);
    return JSON.parse(reply.text);
  };
  const heavy = { state: 'ready', weight: 5, ...by };
  const out = { state: 'maintenance', weight: 5, ...by };
  const real = { service: WEB, real: ONE };
  t.same(await change('{"weight": 5}'), { ...real, before: null, after: heavy });
  t.same(await change('{"state": "maintenance"}'), {
    ...real,
    before: heavy,
    after: out,
  });
  const both = '{"state": "ready", "weight": null}';
  const encoded = `/v1/services/${encodeURIComponent(WEB)}/reals/${encodeURIComponent(ONE)}`;
  t.match(await change(both, encoded), { after: { state: 'ready', weight: null } });
  t.same(desk.told, [
    `change {"service":"${WEB}","real":"${ONE}","weight":5} by ${ME}`,
    `change {"service":"${WEB}","real":"${ONE}","state":"maintenance"} by ${ME}`,
    `change {"service":"${WEB}","real":"${ONE}","state":"ready","weight":null} by ${ME}`,
  ]);
});

t.test('a body that is not understood changes nothing, and is told why', async (t) => {
  const { path, desk } = await openControl(t);
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ['', 400, /^the body is no JSON: /],
    ['{', 400, /^the body is no JSON: /],
    ['{"weight": 1}}', 400, /^the body is no JSON: /],
    ['null', 400, /^the body: expected an object of weight, state$/],
    ['[]', 400, /^the body: expected an object/],
    ['5', 400, /^the body: expected an object/],
    ['{}', 400, /^the body: expected weight or state$/],
    ['{"wieght": 5}', 400, /^unknown field "wieght"; did you mean "weight"\?$/],
    ['{"x": 5}', 400, /^unknown field "x"; expected weight, state$/],
    ['{"__proto__": {"weight": 5}}', 400, /^unknown field "__proto__"/],
    ['{"constructor": 1}', 400, /^unknown field "constructor"/],
    [
      '{"weight": "5"}',
      400,
      /^weight = "5": expected a whole number, 0 to 65535, or null$/,
    ],
    ['{"weight": -1}', 400, /^weight = -1: expected/],
    ['{"weight": 65536}', 400, /^weight = 65536: expected/],
    ['{"weight": 1.5}', 400, /^weight = 1.5: expected/],
    ['{"weight": 1e999}', 400, /^weight = null|^weight = .*: expected/],
    [
      '{"state": "up"}',
      400,
      /^state = "up": expected "ready", "drain", "maintenance"$/,
    ],
    ['{"state": null}', 400, /^state = null: expected/],
    ['{"state": "up", "weight": true}', 400, /^state = "up": .*; weight = true: /],
    [`{"state": "${'x'.repeat(200)}"}`, 400, /^state = "x{59}\.\.\.: expected/],
    [`"${'x'.repeat(16 << 10)}"`, 413, /^the body is longer than 16 KiB$/],
    [`${'['.repeat(16_000)}`, 400, /^the body is no JSON: /],
  ];
  for (const [body, status, error] of cases) {
    const reply = await ask(path, AT, { method: 'PATCH', body });
    t.equal(reply.status, status, body.slice(0, 40));
    t.match(JSON.parse(reply.text).error, error);
  }
  const latin1 = Buffer.from('{"state": "\xe9"}', 'latin1');
  const reply = await ask(path, AT, { method: 'PATCH', body: latin1 });
  t.match([reply.status, reply.text], [400, 'the body is no JSON']);
  t.same(desk.told, []);
});

t.test('a body must be said to be JSON', async (t) => {
  const { path, desk } = await openControl(t);
  const body = '{"weight": 5}';
  for (const type of [
    '',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonx',
  ]) {
    const reply = await ask(path, AT, { method: 'PATCH', body, type });
    t.match([reply.status, reply.text], [415, 'content-type: application/json'], type);
  }
  t.same(desk.told, []);
  for (const type of [JSON_TYPE, 'Application/JSON; charset=utf-8', `${JSON_TYPE};x`])
    t.equal((await ask(path, AT, { method: 'PATCH', body, type })).status, 200, type);
});

t.test('what is not there is 404, what cannot be done 409', async (t) => {
  const { path } = await openControl(t);
  const cases = [
    ['/v1/services/tcp:10.9.9.9:80/reals/10.1.1.21:80', 404],
    [`/v1/services/${WEB}/reals/10.9.9.9:80`, 404],
    [`/v1/services/${WEB}/reals/fallback:127.0.0.1:80`, 409],
  ] as const;
  for (const [url, status] of cases) {
    t.equal(
      (await ask(path, url, { method: 'PATCH', body: '{"weight":1}' })).status,
      status,
    );
    const drain = { method: 'POST', body: '{"withinSeconds":1}' };
    t.equal((await ask(path, `${url}/drain`, drain)).status, status);
  }
});

t.test('a drain is answered when the server is empty', async (t) => {
  const { path, desk } = await openControl(t);
  const real = { service: WEB, real: ONE };
  const drained = call(path, { ...CALLS.drain(real, 90), timeoutMs: 5_000 });
  await until(() => desk.draining.size === 1, 'the drain');
  for (const { empty } of desk.draining) empty();
  t.same(await drained, { ended: 2, forgotten: 1, seconds: 90 });
});

t.test('a drain that something else ends is a 409', async (t) => {
  const { path, desk } = await openControl(t);
  const real = { service: WEB, real: ONE };
  const drained = call(path, { ...CALLS.drain(real, 90), timeoutMs: 5_000 });
  const told = drained.catch((error: unknown) => error);
  await until(() => desk.draining.size === 1, 'the drain');
  for (const { fail } of desk.draining) fail();
  t.match(await told, { status: 409, message: 'something else was wished' });
});

t.test('a drain needs a deadline', async (t) => {
  const { path, desk } = await openControl(t);
  const bodies = [
    '{}',
    '{"withinSeconds": -1}',
    '{"withinSeconds": 1e9}',
    '{"within": 5}',
  ];
  for (const body of bodies) {
    const reply = await ask(path, `${AT}/drain`, { method: 'POST', body });
    t.match([reply.status, reply.text], [400, 'withinSeconds'], body);
  }
  t.same(desk.told, []);
});

t.test('one who waits no longer lets the drain go on', async (t) => {
  const { path, desk } = await openControl(t);
  const leave = new AbortController();
  const patience = { timeoutMs: 5_000, signal: leave.signal };
  const asked = call(path, {
    ...CALLS.drain({ service: WEB, real: ONE }, 90),
    ...patience,
  });
  const left = t.rejects(asked, { name: 'AbortError' });
  await until(() => desk.draining.size === 1, 'the drain');
  leave.abort();
  await left;
  await sleep(50);
  for (const { empty } of desk.draining) empty();
  t.equal((await ask(path, '/v1/status')).status, 200);
});

t.test('those who wait take no room of those who ask, and are bounded', async (t) => {
  const { path, desk } = await openControl(t);
  const real = { service: WEB, real: ONE };
  const leave = Array.from({ length: 64 }, () => new AbortController());
  const waiting = leave.map(({ signal }) =>
    call(path, { ...CALLS.drain(real, 90), timeoutMs: 20_000, signal }),
  );
  await until(() => desk.draining.size === 64, '64 drains');
  t.equal((await ask(path, '/v1/status')).status, 200);
  const more = { method: 'POST', body: '{"withinSeconds":1}' };
  t.match(await ask(path, `${AT}/drain`, more), { status: 503 });
  t.equal(desk.draining.size, 64);
  for (const client of leave) client.abort();
  t.equal((await Promise.allSettled(waiting)).length, 64);
  const drain = () => call(path, { ...CALLS.drain(real, 90), timeoutMs: 20_000 });
  // Until it is seen that they have gone.
  const last = (async () => {
    for (let tries = 1; tries < 100; tries++) {
      const drained = await drain().catch(() => undefined);
      if (drained) return drained;
      await sleep(50);
    }
    return drain();
  })();
  await until(() => desk.draining.size === 65, 'room again, as they have gone');
  for (const { empty } of desk.draining) empty();
  t.match(await last, { seconds: 90 });
});

t.test(
  'a reload answers with what it changed, or with all that is wrong',
  async (t) => {
    const changed = {
      type: 'changed',
      service: WEB,
      real: null,
      values: [{ name: 'scheduler', old: 'rr', new: 'wlc' }],
    } as const;
    const done = {
      ok: true,
      changes: [changed],
      warnings: ['a.cf:1: warning: odd'],
    } as const;
    const errors = ['a.cf:2: port: expected 1 to 65535', 'a.cf:7: unknown directive'];
    const asked: string[] = [];
    const { path } = await openControl(t, undefined, {
      plan: async () => done,
      reload: async (by) => (asked.push(by) === 1 ? done : { ok: false, errors }),
    });
    const timeoutMs = 5_000;
    t.same(await call(path, { ...CALLS.plan(), timeoutMs }), done);
    t.same(asked, []);
    t.same(await call(path, { ...CALLS.reload(), timeoutMs }), done);
    const refused = await call(path, { ...CALLS.reload(), timeoutMs }).catch((e) => e);
    t.type(refused, Refused);
    t.match(refused, { status: 422, message: errors.join('\n'), errors });
    t.same(asked, [ME, ME]);
  },
);

t.test('what has a body it needs none of is done all the same', async (t) => {
  const { path } = await openControl(t);
  const reply = await ask(path, '/v1/reload', { method: 'POST', body: '{"x": 1}' });
  t.equal(reply.status, 200);
});

t.test('a defect behind a route is a 503 with its words', async (t) => {
  const { path } = await openControl(t, undefined, {
    plan: () => Promise.reject(new Error('the file is gone')),
  });
  t.match(await ask(path, '/v1/plan'), { status: 503, text: 'the file is gone' });
});
