import type { Socket } from 'node:net';
import oracledb from 'oracledb';
import t, { type Test } from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { checkSuite } from '../../support/check-suite.ts';
import { checkOnce, checkTarget } from '../../support/check-target.ts';
import { requiredWords } from '../../support/database-cases.ts';
import { rawServer } from '../../support/raw-server.ts';

// No Oracle can be had here: these listeners speak as much of TNS as is known for sure.

function oracle(fields: Partial<CheckTarget>): CheckTarget {
  return checkTarget({
    service: 'oracle',
    request: '/SELECT 1 FROM DUAL',
    login: 'scott',
    passwd: 'tiger-striped',
    database: 'ORCL',
    ...fields,
  });
}

const TYPES = { refuse: 4, redirect: 5, data: 6, resend: 11 } as const;

/** A packet of TNS: length, checksum, type, flags, checksum; then the payload. */
function tns(type: keyof typeof TYPES, payload: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(head.length + payload.length);
  head[4] = TYPES[type];
  return Buffer.concat([head, payload]);
}

function withLength(text: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([length, Buffer.from(text)]);
}

function refusal(code: number): Buffer {
  const stack = `(ERROR_STACK=(ERROR=(CODE=${code})(EMFI=4)))`;
  const text = `(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR=${code})${stack})`;
  return tns('refuse', Buffer.concat([Buffer.of(4, 0), withLength(text)]));
}

/** Answers every packet with these bytes. */
function answering(bytes: Buffer): (socket: Socket) => void {
  return (socket) => socket.on('data', () => socket.write(bytes));
}

async function answerOf(
  t: Test,
  serve: (socket: Socket) => void,
  fields: Partial<CheckTarget> = {},
) {
  const server = await rawServer(t, serve);
  const { up, message } = await checkOnce(oracle({ port: server.port, ...fields }));
  t.equal(up, false);
  await server.idle();
  t.equal(server.open, 0, 'no connection is left');
  return { message, server };
}

t.test('what holds for every check', async (t) =>
  checkSuite(t, { target: (port) => oracle({ port }) }),
);

t.test('login and request are required', async (t) => requiredWords(t, oracle));

t.test('database is a SID, and required', async (t) => {
  for (const database of ['', 'A)(HOST=192.0.2.1', 'A B', 'A=B'])
    t.same(await checkOnce(oracle({ port: 1, database })), {
      up: false,
      message: 'database: expected the SID, as in database = "ORCL"',
    });
});

t.test('a listener that refuses', async (t) => {
  const at = 'at host 127.0.0.1 port';
  for (const [code, words] of [
    [12505, `NJS-519: .* SID "ORCL" is not registered with the listener ${at} \\d+\\.`],
    [12514, `NJS-518: .* is not registered with the listener ${at} \\d+\\.`],
    [
      12516,
      `NJS-511: connection to listener ${at} \\d+ was refused\\. Cause: ORA-12516`,
    ],
  ] as const)
    await t.test(`with ORA-${code}`, async (t) => {
      const { message, server } = await answerOf(t, answering(refusal(code)));
      t.match(message, new RegExp(`^login: ${words}$`));
      t.equal(server.accepted, 1, 'it is asked once');
      t.match(server.received[0], '(CONNECT_DATA=(SID=ORCL)', 'for the SID');
      t.match(server.received[0], '(PROGRAM=l4director)');
    });
});

t.test('the same failure has the same message each time', async (t) => {
  const server = await rawServer(t, answering(refusal(12505)));
  const first = await checkOnce(oracle({ port: server.port }));
  t.same(await checkOnce(oracle({ port: server.port })), first);
});

t.test('an IPv6 address', async (t) => {
  const { message } = await checkOnce(oracle({ address: '::1', port: 1 }));
  t.match(message, /^login: NJS-503: .* connect ECONNREFUSED ::1:1$/);
});

t.test('a listener that closes in the middle of a packet', async (t) => {
  const { message } = await answerOf(t, (socket) =>
    socket.once('data', () => socket.end(refusal(12505).subarray(0, 20))),
  );
  t.match(
    message,
    /^login: NJS-500: connection to Oracle Database was closed or broken/,
  );
});

t.test('one that is silent in the middle of a packet', async (t) => {
  const half = refusal(12505).subarray(0, 20);
  const fields = { negotiatetimeoutMs: 500 };
  const { message } = await answerOf(t, (socket) => socket.write(half), fields);
  t.equal(message, 'no answer within 0.5 s (negotiatetimeout)');
});

t.test('one that asks for the same again and again', async (t) => {
  const fields = { negotiatetimeoutMs: 500 };
  const { message } = await answerOf(
    t,
    answering(tns('resend', Buffer.alloc(0))),
    fields,
  );
  t.match(message, /no answer within 0\.5 s|NJS-500/);
});

t.test('one that speaks without end is cut off', async (t) => {
  const packet = tns('data', Buffer.alloc(8000));
  const { message } = await answerOf(t, (socket) => {
    const more = () => {
      while (socket.writable && socket.write(packet));
    };
    socket.on('drain', more);
    socket.once('data', more);
  });
  t.match(message, /more than 1,048,576 bytes came/);
});

t.test('another protocol', async (t) => {
  for (const words of ['HTTP/1.1 400 Bad Request\r\n\r\n', '\0\0\0\0\0\0\0\0'])
    await t.test(JSON.stringify(words), async (t) => {
      const { message } = await answerOf(t, (socket) => socket.end(words));
      t.match(message, /^login: NJS-500: /);
    });
});

t.test('a listener that sends elsewhere: that connection is closed too', async (t) => {
  const stop = new AbortController();
  const elsewhere = await rawServer(t, (socket) =>
    socket.once('data', () => stop.abort(new Error('not wanted'))),
  );
  const address = `(ADDRESS=(PROTOCOL=TCP)(HOST=127.0.0.1)(PORT=${elsewhere.port}))`;
  const server = await rawServer(t, answering(tns('redirect', withLength(address))));
  const target = oracle({ port: server.port });
  t.same(await checkOnce(target, stop.signal), { up: false, message: 'not wanted' });
  await server.idle();
  await elsewhere.idle();
  t.equal(server.open + elsewhere.open, 0);
});

t.test('a hundred that are aborted at once leave no connection', async (t) => {
  const stop = new AbortController();
  let asked = 0;
  const server = await rawServer(t, (socket) =>
    socket.once('data', () => {
      if (++asked === 100) stop.abort(new Error('not wanted'));
    }),
  );
  const target = oracle({ port: server.port });
  const results = await Promise.all(
    Array.from({ length: 100 }, () => checkOnce(target, stop.signal)),
  );
  t.ok(results.every(({ up }) => !up));
  await server.idle();
  t.equal(server.accepted, 100);
  t.equal(server.open, 0);
});

t.test('a database that answers no goodbye is up, and soon', async (t) => {
  const connection = {
    execute: async () => ({ rows: [[1]] }),
    close: () => new Promise(() => {}),
  };
  t.capture(oracledb, 'getConnection', async () => connection);
  const began = performance.now();
  const result = await checkOnce(oracle({ negotiatetimeoutMs: 20_000 }));
  t.same(result, { up: true, message: 'the query yields rows' });
  t.ok(performance.now() - began < 10_000, 'it did not wait for the time-out');
});

t.test('what the database says of login and password is hidden', async (t) => {
  t.capture(oracledb, 'getConnection', async ({ user = '', password = '' }) => {
    throw new Error(`ORA-01017: ${user}/${password}@ORCL denied`);
  });
  t.same(await checkOnce(oracle({})), {
    up: false,
    message: 'login: ORA-01017: ***/***@ORCL denied',
  });
});
