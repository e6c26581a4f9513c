import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { startPostgresql } from '../../lab/servers/postgresql.ts';
import { testAuthority } from '../../support/certificates.ts';
import { checkSuite } from '../../support/check-suite.ts';
import { checkOnce, checkTarget, pattern } from '../../support/check-target.ts';
import { cutProxy } from '../../support/cut-proxy.ts';
import { cutsEverywhere, requiredWords } from '../../support/database-cases.ts';
import { lab } from '../../support/lab.ts';

function pgsql(fields: Partial<CheckTarget>): CheckTarget {
  return checkTarget({
    service: 'pgsql',
    request: '/SELECT 1',
    login: 'scott',
    passwd: 'tiger-striped',
    ...fields,
  });
}

const STATEMENTS = [
  ...['scott', 'secure', 'plain', 'old', 'simple', 'drifter'].map(
    (name) => `CREATE USER ${name} PASSWORD 'tiger-striped'`,
  ),
  "SET password_encryption = 'md5'",
  "ALTER USER old PASSWORD 'tiger-striped'",
  'CREATE USER guest',
  'CREATE DATABASE scott',
  'CREATE DATABASE shop OWNER scott',
];

/** Lines of pg_hba.conf: the first that fits counts. */
const ACCESS = [
  'hostssl   all secure  all scram-sha-256',
  'hostnossl all plain   all scram-sha-256',
  'host      all old     all md5',
  'host      all simple  all password',
  'host      all guest   all trust',
  'host      all scott   all scram-sha-256',
];

t.test('what holds for every check', async (t) =>
  checkSuite(t, { target: (port) => pgsql({ port }) }),
);

t.test('login and request are required', async (t) => requiredWords(t, pgsql));

t.test(
  "Debian's PostgreSQL, with TLS",
  lab('postgresql', 'openssl', 'root'),
  async (t) => {
    const tls = testAuthority(t.testdir()).issue('db');
    const server = await startPostgresql(t, {
      access: ACCESS,
      statements: STATEMENTS,
      tls,
    });
    const none = 'query: expected a row or more, got none';
    const rows = 'the query yields rows';
    const denied = /^login: password authentication failed .*\(28P01\)$/;
    const shut = /^login: no pg_hba.conf entry .*\(28000\)$/;
    const create = 'CREATE TABLE made AS SELECT generate_series(1,9)';
    for (const [what, fields, up, message] of [
      ['a row', {}, true, rows],
      ['over IPv6', { address: '::1' }, true, rows],
      ['no leading slash', { request: 'SELECT 1' }, true, rows],
      ['receive is not used', { receive: pattern('no such words') }, true, rows],
      [
        'a database',
        { database: 'shop', request: '/SELECT current_database()' },
        true,
        rows,
      ],
      [
        'rows that were changed',
        { database: 'shop', request: `/${create}` },
        true,
        rows,
      ],
      ['a login for TLS only', { login: 'secure', database: 'shop' }, true, rows],
      ['a login for no TLS only', { login: 'plain', database: 'shop' }, true, rows],
      ['an MD5 password', { login: 'old', database: 'shop' }, true, rows],
      ['a password in clear', { login: 'simple', database: 'shop' }, true, rows],
      [
        'no password needed',
        { login: 'guest', database: 'shop', passwd: '' },
        true,
        rows,
      ],
      ['no row', { request: '/SELECT 1 WHERE 1=2' }, false, none],
      ['no result', { request: '/SET work_mem = 4096' }, false, none],
      ['nothing but a remark', { request: '/-- hello' }, false, none],
      ['a wrong password', { passwd: 'lion' }, false, denied],
      ['a login without access', { login: 'drifter' }, false, shut],
      [
        'no such database',
        { database: 'depot' },
        false,
        /^login: .*"depot".* \(3D000\)$/,
      ],
      [
        'no such table',
        { request: '/SELECT 1 FROM x' },
        false,
        /^query: .*"x".* \(42P01\)$/,
      ],
      ['no SQL', { request: '/hello' }, false, /^query: syntax error .* \(42601\)$/],
    ] satisfies [string, Partial<CheckTarget>, boolean, string | RegExp][])
      await t.test(what, async (t) => {
        const result = await checkOnce(pgsql({ port: server.port, ...fields }));
        t.equal(result.up, up, result.message);
        t.match(result.message, message);
        t.notMatch(result.message, /scott|tiger|guest|drifter|lion/);
      });

    await t.test(
      'no check so far looks to the server like a broken connection',
      async (t) => {
        await checkOnce(pgsql({ port: server.port, login: 'marker' }));
        while (!server.log().includes('user "marker"')) await sleep(20);
        t.notMatch(server.log(), /reset by peer|unexpected EOF|[Bb]roken pipe/);
      },
    );

    await t.test('the environment of libpq changes nothing', async (t) => {
      const odd = {
        PGPASSWORD: 'tiger-striped',
        PGDATABASE: 'depot',
        PGSSLMODE: 'disable',
        PGHOST: '192.0.2.1',
      };
      Object.assign(process.env, odd);
      t.teardown(() => {
        for (const name of Object.keys(odd)) delete process.env[name];
      });
      const { port } = server;
      t.equal((await checkOnce(pgsql({ port, passwd: '' }))).up, false);
      t.equal((await checkOnce(pgsql({ port }))).up, true);
    });

    await t.test('millions of rows are not read', async (t) => {
      const proxy = await cutProxy(t, server.port, Number.POSITIVE_INFINITY, () => {});
      const request = '/SELECT generate_series(1, 10000000)';
      t.equal((await checkOnce(pgsql({ port: proxy.port, request }))).up, true);
      await proxy.idle();
      t.ok(proxy.passed < 10_000, `${proxy.passed} bytes`);
    });

    await t.test('a row past the limit is not read to its end', async (t) => {
      const request = "/SELECT repeat('x', 4000000)";
      const target = pgsql({ port: server.port, request, bodyLimit: 100_000 });
      t.match(await checkOnce(target), {
        up: false,
        message: 'query: more than 100,000 bytes came',
      });
    });

    await t.test('a query that does not end is given up at the time-out', async (t) => {
      const fields = { request: '/SELECT pg_sleep(600)', negotiatetimeoutMs: 1000 };
      t.match(await checkOnce(pgsql({ port: server.port, ...fields })), {
        up: false,
        message: 'query: no answer within 1 s (negotiatetimeout)',
      });
    });
  },
);

t.test("Debian's PostgreSQL, without TLS", lab('postgresql', 'root'), async (t) => {
  const server = await startPostgresql(t, { access: ACCESS, statements: STATEMENTS });
  for (const [login, up] of [
    ['scott', true],
    ['plain', true],
    ['secure', false],
  ] as const) {
    const target = pgsql({ port: server.port, login, database: 'shop' });
    const result = await checkOnce(target);
    t.equal(result.up, up, `${login}: ${result.message}`);
  }
  await cutsEverywhere(t, server.port, pgsql);
});
