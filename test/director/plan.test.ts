import t from 'tap';
import { INI_KEYS } from '../../lib/config/ini-keys.ts';
import { planOf } from '../../lib/director/plan.ts';
import { aConfig, aFallback, aReal, aService, OPTIONS } from '../support/config.ts';

const A = aReal('10.1.1.21:80');
const B = aReal('10.1.1.22:80');
const web = aService({ reals: [A, B] });
const mail = aService({ port: 25, reals: [aReal('10.1.1.25:25')] });
const plan = (...services: Parameters<typeof aConfig>[0]) =>
  planOf(aConfig([web]), aConfig(services));

t.test('a file that says the same changes nothing', async (t) => {
  const reals = web.reals.map((real) => ({ ...real, line: 80 }));
  t.strictSame(plan({ ...web, line: 77, reals }), []);
});

t.test('services and real servers come and go', async (t) => {
  const none = { values: [] };
  t.strictSame(plan({ ...web, reals: [A, aReal('10.1.1.23:80')] }, mail), [
    { type: 'added', service: web.id, real: '10.1.1.23:80', ...none },
    { type: 'added', service: mail.id, real: null, ...none },
    { type: 'added', service: mail.id, real: '10.1.1.25:25', ...none },
    { type: 'removed', service: web.id, real: B.id, ...none },
  ]);
});

t.test('what changed is named with both values', async (t) => {
  const fallback = aFallback('127.0.0.1:80');
  const changed = { ...web, scheduler: 'lc', persistent: 300, fallback };
  t.strictSame(plan({ ...changed, reals: [{ ...A, weight: 5, method: 'gate' }, B] }), [
    {
      ...{ type: 'changed', service: web.id, real: null },
      values: [
        { name: 'scheduler', old: web.scheduler, new: 'lc' },
        { name: 'persistent', old: null, new: 300 },
        { name: 'fallback', old: null, new: fallback },
      ],
    },
    {
      ...{ type: 'changed', service: web.id, real: A.id },
      values: [
        { name: 'method', old: 'masq', new: 'gate' },
        { name: 'weight', old: 1, new: 5 },
      ],
    },
  ]);
});

t.test('a password changes without being seen', async (t) => {
  const changed = plan({ ...web, passwd: 'hunter2', secret: 's3' });
  t.match(changed, [
    {
      values: [
        { name: 'passwd', old: '***', new: '***' },
        { name: 'secret', old: '***', new: '***' },
      ],
    },
  ]);
  t.notMatch(JSON.stringify(changed), /hunter2|s3/);
  const request = 'http://anna:hunter2@www.example.net/ok';
  t.match(plan({ ...web, request, reals: [{ ...A, request }, B] }), [
    { values: [{ name: 'request', new: 'http://***@www.example.net/ok' }] },
    { values: [{ name: 'request', new: 'http://***@www.example.net/ok' }] },
    { values: [{ name: 'request', new: 'http://***@www.example.net/ok' }] },
  ]);
});

t.test('options are named as their keys in the ini', async (t) => {
  const options = { ...OPTIONS, connectTimeoutMs: 1, tlsExpiryDays: 3, snat: true };
  const [change] = plan({ ...web, options });
  t.strictSame(change?.values, [
    { name: 'snat', old: false, new: true },
    { name: 'connect-timeout', old: OPTIONS.connectTimeoutMs, new: 1 },
    { name: 'tls-expiry', old: OPTIONS.tlsExpiryDays, new: 3 },
  ]);
  const hooked = { ...OPTIONS, webhook: 'https://hooks.example.com/t0ken' };
  t.strictSame(plan({ ...web, options: hooked })[0]?.values, [
    { name: 'webhook', old: '***', new: '***' },
  ]);
  const keys = new Set(
    Object.entries(INI_KEYS).map(([name, row]) => ('key' in row ? row.key : name)),
  );
  const every = Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, 'x']));
  const [all] = plan({ ...web, options: every as never });
  for (const { name } of all?.values ?? []) t.ok(keys.has(name), name);
  t.equal(all?.values.length, Object.keys(OPTIONS).length);
});

t.test('what holds for all comes first', async (t) => {
  const next = aConfig([web, mail]);
  const global = {
    ...next.global,
    report: { ...next.global.report, checkinterval: 3 },
  };
  const changes = planOf(aConfig([web]), { ...next, global });
  t.match(changes[0], { type: 'changed', service: null, real: null });
});

t.test("the page's values are named as in the ini, its passwords never", async (t) => {
  const listen = { address: '127.0.0.1', port: 9080 };
  const anna = { name: 'anna', password: 'scrypt$one', role: 'admin' } as const;
  const withPage = (users: readonly (typeof anna)[]) => {
    const config = aConfig([web]);
    const options = { ...config.options, web: { listen, tls: undefined, users } };
    return { ...config, options };
  };
  const other = { ...anna, password: 'scrypt$two' } as unknown as typeof anna;
  const added = planOf(aConfig([web]), withPage([anna]));
  t.strictSame(added[0]?.values, [
    { name: 'listen', old: null, new: '127.0.0.1:9080' },
    { name: 'role of anna', old: null, new: 'admin' },
    { name: 'password of anna', old: '***', new: '***' },
  ]);
  const changed = planOf(withPage([anna]), withPage([other]));
  t.strictSame(changed[0]?.values, [
    { name: 'password of anna', old: '***', new: '***' },
  ]);
  t.notMatch(JSON.stringify([added, changed]), 'scrypt');
});
