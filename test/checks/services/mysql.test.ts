import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import t, { type Test } from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { startMariadb } from '../../lab/servers/mariadb.ts';
import { checkSuite } from '../../support/check-suite.ts';
import { checkOnce, checkTarget, pattern } from '../../support/check-target.ts';
import { cutProxy } from '../../support/cut-proxy.ts';
import { cutsEverywhere, requiredWords } from '../../support/database-cases.ts';
import { lab } from '../../support/lab.ts';
import { GREETING, packet } from '../../support/mysql-packets.ts';
import { rawServer } from '../../support/raw-server.ts';

function mysql(fields: Partial<CheckTarget>): CheckTarget {
  return checkTarget({
    service: 'mysql',
    request: '/SELECT 1',
    login: 'scott',
    passwd: 'tiger-striped',
    ...fields,
  });
}

const STATEMENTS = [
  'CREATE DATABASE shop',
  'CREATE TABLE shop.pool (enabled INT)',
  'INSERT INTO shop.pool SELECT seq FROM shop.seq_1_to_1000',
  "CREATE USER scott@'%' IDENTIFIED BY 'tiger-striped'",
  "GRANT ALL ON shop.* TO scott@'%'",
  "CREATE USER guest@'%'",
  "CREATE USER careful@'%' IDENTIFIED BY 'tiger-striped' REQUIRE SSL",
];

t.test('what holds for every check', async (t) =>
  checkSuite(t, { target: (port) => mysql({ port }) }),
);

t.test('login and request are required', async (t) => requiredWords(t, mysql));

t.test("Debian's MariaDB", lab('mariadb', 'root'), async (t) => {
  const server = await startMariadb(t, STATEMENTS);
  const none = 'query: expected a row or more, got none';
  const rows = 'the query yields rows';
  const denied = /^login: Access denied .*\(ER_ACCESS_DENIED_.*\)$/;
  for (const [what, fields, up, message] of [
    ['a row', {}, true, rows],
    ['over IPv6', { address: '::1' }, true, rows],
    ['no leading slash', { request: 'SELECT 1' }, true, rows],
    ['receive is not used', { receive: pattern('no such words') }, true, rows],
    ['a database', { database: 'shop', request: '/SELECT * FROM pool' }, true, rows],
    [
      'rows that were changed',
      { request: '/UPDATE shop.pool SET enabled=1' },
      true,
      rows,
    ],
    [
      'rows that were found',
      { request: '/UPDATE shop.pool SET enabled=1' },
      true,
      rows,
    ],
    ['no password needed, none given', { login: 'guest', passwd: '' }, true, rows],
    ['no row', { request: '/SELECT 1 FROM shop.pool WHERE enabled=0' }, false, none],
    ['no result', { request: '/DO 1' }, false, none],
    ['a wrong password', { passwd: 'lion' }, false, denied],
    ['no password', { passwd: '' }, false, denied],
    ['a wrong login', { login: 'tiger' }, false, denied],
    ['a login that needs TLS', { login: 'careful' }, false, denied],
    [
      'no such database',
      { database: 'depot' },
      false,
      /^login: Access denied .*'depot'/,
    ],
    [
      'no such table',
      { request: '/SELECT 1 FROM shop.x' },
      false,
      /^query: Table .* \(ER_NO/,
    ],
    ['no SQL', { request: '/hello' }, false, /^query: .*\(ER_PARSE_ERROR\)$/],
    [
      'two statements',
      { request: '/DO 1; DO 2' },
      false,
      /^query: .*\(ER_PARSE_ERROR\)$/,
    ],
  ] satisfies [string, Partial<CheckTarget>, boolean, string | RegExp][])
    await t.test(what, async (t) => {
      const result = await checkOnce(mysql({ port: server.port, ...fields }));
      t.equal(result.up, up, result.message);
      t.match(result.message, message);
      t.notMatch(result.message, /scott|tiger|guest|careful|lion/);
    });

  await t.test(
    'no check so far looks to the server like a broken connection',
    async (t) => {
      await checkOnce(mysql({ port: server.port, login: 'marker' }));
      while (!server.log().includes("'marker'")) await sleep(20);
      t.notMatch(server.log(), /Aborted connection .* user: '(?!unauthenticated)/);
    },
  );

  await t.test('millions of rows are not read', async (t) => {
    const all = await cutProxy(t, server.port, Number.POSITIVE_INFINITY, () => {});
    const request = '/SELECT a.seq FROM shop.pool p, shop.seq_1_to_100000 a';
    const { up } = await checkOnce(mysql({ port: all.port, request }));
    t.equal(up, true);
    await all.idle();
    t.ok(all.passed < 10_000_000, `${all.passed} bytes`);
  });

  await t.test('a row past the limit is not read to its end', async (t) => {
    const request = '/SELECT REPEAT("x", 4000000)';
    const target = mysql({ port: server.port, request, bodyLimit: 100_000 });
    const { up, message } = await checkOnce(target);
    t.equal(up, false);
    t.equal(message, 'query: more than 100,000 bytes came');
  });

  await t.test('a query that does not end is given up at the time-out', async (t) => {
    const fields = { request: '/SELECT SLEEP(600)', negotiatetimeoutMs: 1000 };
    const { up, message } = await checkOnce(mysql({ port: server.port, ...fields }));
    t.equal(up, false);
    t.equal(message, 'query: no answer within 1 s (negotiatetimeout)');
  });

  await cutsEverywhere(t, server.port, mysql);
});

async function answerOf(
  t: Test,
  serve: (socket: Socket) => void,
  fields: Partial<CheckTarget> = {},
): Promise<string> {
  const server = await rawServer(t, serve);
  const { up, message } = await checkOnce(mysql({ port: server.port, ...fields }));
  t.equal(up, false);
  await server.idle();
  t.equal(server.open, 0);
  return message;
}

t.test('a server that sends an error for a greeting', async (t) => {
  const error = packet(0, Buffer.from('\xff\x10\x04Too many connections', 'latin1'));
  t.equal(
    await answerOf(t, (socket) => socket.write(error)),
    'login: Too many connections (ER_CON_COUNT_ERROR)',
  );
});

t.test('a server of another protocol is quoted, though it stays', async (t) => {
  t.equal(
    await answerOf(t, (socket) => socket.write('220 mail.example.com ESMTP\r\n')),
    'greeting: expected MySQL\'s, got "220 mail.example.com ESMTP"',
  );
});

t.test('a server that ends after its greeting', async (t) => {
  t.match(
    await answerOf(t, (socket) => {
      socket.write(GREETING);
      socket.once('data', () => socket.end());
    }),
    /^login: .*closed the connection/,
  );
});

t.test('a greeting that comes byte by byte is waited for', async (t) => {
  const message = await answerOf(t, (socket) => {
    const bytes = [...GREETING];
    const next = () => {
      const byte = bytes.shift();
      if (byte === undefined) socket.once('data', () => socket.end());
      else socket.write(Buffer.of(byte), () => setImmediate(next));
    };
    next();
  });
  t.match(message, /^login: .*closed the connection/);
});

t.test('packets out of order end it, and nothing is printed', async (t) => {
  const printed = t.capture(process.stderr, 'write', () => true);
  const message = await answerOf(t, (socket) => {
    socket.write(GREETING);
    socket.once('data', () =>
      socket.write(Buffer.alloc(60_000, packet(9, Buffer.of(0)))),
    );
  });
  t.equal(message, 'login: packets came out of order');
  t.same(printed(), []);
});

t.test('nor is anything for a number that is none', async (t) => {
  const before = { ...console };
  const printed = t.capture(process.stderr, 'write', () => true);
  const message = await answerOf(t, (socket) => {
    socket.write(GREETING);
    socket.once('data', () => {
      socket.write(packet(2, Buffer.of(0, 0, 0, 2, 0, 0, 0)));
      socket.once('data', () => socket.write(packet(1, Buffer.of(0, 0xff))));
    });
  });
  t.match(message, /^query: /);
  t.same(printed(), []);
  t.ok(isDeepStrictEqual({ ...console }, before), 'others are heard again');
});

t.test('a server that asks for a file of ours gets none', async (t) => {
  const server = await rawServer(t, (socket) => {
    socket.write(GREETING);
    socket.once('data', () => {
      socket.write(packet(2, Buffer.of(0, 0, 0, 2, 0, 0, 0)));
      socket.once('data', () => {
        socket.write(packet(1, Buffer.from('\xfb/etc/hostname', 'latin1')));
        socket.once('data', () =>
          socket.write(packet(3, Buffer.of(0, 0, 0, 2, 0, 0, 0))),
        );
      });
    });
  });
  const { up } = await checkOnce(mysql({ port: server.port }));
  t.equal(up, false);
  await server.idle();
  // Its login, the query, an empty packet for the file, the goodbye.
  const end = server.received[0]?.split('SELECT 1')[1];
  t.ok(end === '\0\0\0\x02' || end === '\0\0\0\x02\x01\0\0\0\x01', JSON.stringify(end));
});
