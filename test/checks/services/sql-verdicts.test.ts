import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { startMariadb } from '../../lab/servers/mariadb.ts';
import { startPostgresql } from '../../lab/servers/postgresql.ts';
import { testAuthority } from '../../support/certificates.ts';
import { pattern } from '../../support/check-target.ts';
import { compareVerdicts, type VerdictCase } from '../../support/compare-verdicts.ts';
import { lab } from '../../support/lab.ts';
import { rawServer } from '../../support/raw-server.ts';

// Without oracle: Debian has no DBD::Oracle, so ldirectord cannot check it here.

const LOGIN = {
  request: '/SELECT 1',
  login: 'scott',
  passwd: 'tiger-striped',
  database: 'shop',
} as const;
const ODD_PASSWORD = `it's;a=%70ass\\wörd`;

type Case = readonly [
  name: string,
  fields: Partial<CheckTarget>,
  more?: Pick<VerdictCase, 'differs' | 'onlyHere'>,
];

/** Those of one service at the port, with a login that works. */
function casesOf(service: string, port: number, cases: readonly Case[]): VerdictCase[] {
  return cases.map(([name, fields, more]) => ({
    name,
    fields: { service, port, ...LOGIN, ...fields },
    ...more,
  }));
}

const hangs = { onlyHere: { up: false, why: 'it has no time-out for databases' } };
const BRACKETS =
  'it is down there, once a resolver was asked for the address in brackets';
const OWN_SOCKET = 'it asks the socket of a PostgreSQL on the director itself';
const six = { address: '::1', family: 'inet6' } as const;
/** What is alike for every database. */
async function common(t: Parameters<typeof rawServer>[0]): Promise<readonly Case[]> {
  const silent = await rawServer(t, () => {});
  const closing = await rawServer(t, (socket) => socket.end());
  const banner = await rawServer(t, (socket) => socket.end('SSH-2.0-x\r\n'));
  const waiting = await rawServer(t, (socket) => socket.write('SSH-2.0-x\r\n'));
  return [
    ['a row', {}],
    ['no leading slash', { request: 'SELECT 1' }],
    ['two leading slashes', { request: '//SELECT 1' }],
    ['a semicolon at the end', { request: '/SELECT 1;' }],
    ['blanks around', { request: '/  SELECT 1  ' }],
    ['null', { request: '/SELECT NULL' }],
    ['receive is not used', { receive: pattern('^no such words$') }],
    ['rows of a table', { request: '/SELECT * FROM pool' }],
    ['one row of a table', { request: '/SELECT * FROM pool WHERE n=7' }],
    ['no row', { request: '/SELECT * FROM pool WHERE n=0' }],
    ['rows changed', { request: '/UPDATE pool SET n=n+1 WHERE n>50' }],
    ['rows found', { request: '/UPDATE pool SET n=n WHERE n=7' }],
    ['no rows changed', { request: '/UPDATE pool SET n=n WHERE n=0' }],
    ['no such database', { database: 'depot' }],
    ['no such table', { request: '/SELECT * FROM nowhere' }],
    ['no SQL', { request: '/hello' }],
    ['a wrong password', { passwd: 'lion' }],
    ['no password', { passwd: '' }],
    ['a wrong login', { login: 'tiger' }],
    ['no login', { login: '' }],
    ['no request', { request: '/' }],
    ['an odd password', { login: 'odd', passwd: ODD_PASSWORD }],
    ['no password needed', { login: 'guest', passwd: '' }],
    ['nobody listens', { port: 1 }],
    ['a server that closes', { port: closing.port }],
    ['a server of another protocol', { port: banner.port }],
    ['one of another protocol that waits', { port: waiting.port }, hangs],
    ['a silent server', { port: silent.port }, hangs],
  ];
}

t.test('mysql', lab('ldirectord', 'perl', 'mariadb', 'root'), async (t) => {
  const { port } = await startMariadb(t, [
    'CREATE DATABASE shop',
    'CREATE TABLE shop.pool AS SELECT seq AS n FROM shop.seq_1_to_200',
    `CREATE USER scott@'%' IDENTIFIED BY '${LOGIN.passwd}'`,
    `CREATE USER odd@'%' IDENTIFIED BY '${ODD_PASSWORD.replace(/['\\]/g, '\\$&')}'`,
    "CREATE USER guest@'%'",
    `CREATE USER secure@'%' IDENTIFIED BY '${LOGIN.passwd}' REQUIRE SSL`,
    "GRANT ALL ON shop.* TO scott@'%', odd@'%', guest@'%', secure@'%'",
  ]);
  const cases = casesOf('mysql', port, [
    ...(await common(t)),
    ['over IPv6', six],
    ['no database', { database: '' }],
    ['what is no SELECT', { request: '/SHOW DATABASES' }],
    ['a plan', { request: '/EXPLAIN SELECT 1' }],
    ['no result', { request: '/DO 1' }],
    ['a setting', { request: '/SET @a = 1' }],
    ['two statements', { request: '/SELECT 1; SELECT 2' }],
    ['a remark', { request: '/-- hello' }],
    ['quotes', { request: '/SELECT "a" FROM DUAL WHERE "b" <> \'c\'' }],
    ['a login that needs TLS', { login: 'secure' }],
    ['a query that does not end', { request: '/SELECT SLEEP(600)' }, hangs],
  ]);
  await compareVerdicts(t, 'mysql', cases);
});

const pgsqlNeeds = lab('ldirectord', 'perl', 'postgresql', 'openssl', 'root');

t.test('pgsql', pgsqlNeeds, async (t) => {
  const users = ['scott', 'secure', 'plain', 'old', 'simple', 'drifter'];
  const { port } = await startPostgresql(t, {
    tls: testAuthority(t.testdir()).issue('db'),
    access: [
      'hostssl   all secure  all scram-sha-256',
      'hostnossl all plain   all scram-sha-256',
      'host      all old     all md5',
      'host      all simple  all password',
      'host      all guest   all trust',
      'host      all scott   all scram-sha-256',
      'host      all odd     all scram-sha-256',
    ],
    statements: [
      ...users.map((name) => `CREATE USER ${name} PASSWORD '${LOGIN.passwd}'`),
      `CREATE USER odd PASSWORD '${ODD_PASSWORD.replace(/'/g, "''")}'`,
      'CREATE USER guest',
      "SET password_encryption = 'md5'",
      `ALTER USER old PASSWORD '${LOGIN.passwd}'`,
      'CREATE DATABASE scott',
      'CREATE DATABASE shop',
    ],
    inDatabase: {
      shop: [
        'CREATE TABLE pool AS SELECT generate_series(1, 200) AS n',
        'GRANT ALL ON pool TO PUBLIC',
      ],
    },
  });
  const cases = casesOf('pgsql', port, [
    ...(await common(t)),
    ['over IPv6', six, { onlyHere: { up: true, why: BRACKETS } }],
    ['no database', { database: '' }, { differs: { real: false, why: OWN_SOCKET } }],
    ['a login over TLS only', { login: 'secure' }],
    ['a login without TLS only', { login: 'plain' }],
    ['an MD5 password', { login: 'old' }],
    ['a password in clear', { login: 'simple' }],
    ['a login without access', { login: 'drifter' }],
    ['values', { request: '/VALUES (1)' }],
    ['a table', { request: '/TABLE pool' }],
    ['a plan', { request: '/EXPLAIN SELECT 1' }],
    ['a setting shown', { request: '/SHOW work_mem' }],
    ['a setting made', { request: '/SET work_mem = 4096' }],
    ['two statements', { request: '/SELECT 1; SELECT 2' }],
    [
      'two statements, the last without a row',
      { request: '/SELECT 1; SELECT 2 WHERE 1=2' },
    ],
    ['a setting, then a row', { request: '/SET work_mem = 4096; SELECT 1' }],
    ['a row, then a setting', { request: '/SELECT 1; SET work_mem = 4096' }],
    ['rows, and an error after them', { request: '/SELECT 1; SELECT * FROM nowhere' }],
    ['a remark', { request: '/-- hello' }],
    ['quotes', { request: `/SELECT 'a;b' AS "c"` }],
    ['a query that does not end', { request: '/SELECT pg_sleep(600)' }, hangs],
  ]);
  await compareVerdicts(t, 'pgsql', cases);
});
