import type { Socket } from 'node:net';
import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { checkSuite } from '../../support/check-suite.ts';
import { checkOnce, checkTarget, pattern } from '../../support/check-target.ts';
import { type FtpScript, ftpServer } from '../../support/ftp-server.ts';
import { rawServer } from '../../support/raw-server.ts';

const TEST_PAGE = pattern('^Test Page$');

function target(fields: Partial<CheckTarget>): CheckTarget {
  return checkTarget({
    service: 'ftp',
    request: '/index.txt',
    login: 'anonymous',
    passwd: 'lab.test',
    ...fields,
  });
}

checkSuite(t, { target: (port) => target({ port }) });

const receive = TEST_PAGE;
const soon = { negotiatetimeoutMs: 300 };

t.test('up or down by what is fetched', async (t) => {
  for (const [what, script, fields, up, message] of [
    ['a file', {}, {}, true, 'file of 9 bytes'],
    ['a file that matches', {}, { receive }, true, 'file of 9 bytes'],
    ['an empty receive', {}, { receive: pattern('') }, true, 'file of 9 bytes'],
    [
      'another file',
      { send: (data) => data.end('sorry\n') },
      { receive },
      false,
      'file of 6 bytes does not match /^Test Page$/ (starts with "sorry")',
    ],
    ['an empty file', { send: (data) => data.end() }, {}, true, 'file of 0 bytes'],
    [
      'a file that is not there',
      { replies: { RETR: '550 no such file' } },
      {},
      false,
      'expected 150 to RETR, got "550 no such file"',
    ],
    [
      'a greeting that turns away',
      { replies: { greeting: '421 too many' } },
      {},
      false,
      'expected a 220 greeting, got "421 too many"',
    ],
    [
      'a greeting that asks for patience',
      { replies: { greeting: '120 soon\r\n220 now' } },
      { receive },
      true,
      'file of 9 bytes',
    ],
    [
      'replies of many lines',
      {
        replies: {
          greeting: '220-Hello\r\n 220 not the end\r\n221 nor this\r\n\r\n220 ready',
          PASS: '230-Hello\r\n230-again\r\n230 ready',
        },
      },
      { receive },
      true,
      'file of 9 bytes',
    ],
    [
      'no password wanted',
      { replies: { USER: '230 welcome', PASS: '503 no' } },
      { receive },
      true,
      'file of 9 bytes',
    ],
    [
      'an unknown user',
      { replies: { USER: '530 who?' } },
      {},
      false,
      'expected 331 to USER, got "530 who?"',
    ],
    [
      'a wrong password',
      { replies: { PASS: '530 no' } },
      {},
      false,
      'expected 230 to PASS, got "530 no"',
    ],
    [
      'CWD and TYPE refused',
      { replies: { CWD: '550 no', TYPE: '500 what?' } },
      { receive },
      true,
      'file of 9 bytes',
    ],
    [
      'an end before TYPE',
      { replies: { CWD: '421 closing', TYPE: '' } },
      {},
      false,
      'expected 250 to CWD, got "421 closing"',
    ],
    [
      'PASV refused',
      { replies: { PASV: '502 no' } },
      {},
      false,
      'expected 227 to PASV, got "502 no"',
    ],
    [
      'PASV without a port',
      { replies: { PASV: '227 somewhere' } },
      {},
      false,
      'expected a port to fetch from, got "227 somewhere"',
    ],
    [
      'PASV with no real port',
      { replies: { PASV: '227 (127,0,0,1,0,0)' } },
      {},
      false,
      'expected a port to fetch from',
    ],
    [
      'PASV to where nobody listens',
      { replies: { PASV: '227 (127,0,0,1,0,1)' } },
      {},
      false,
      'data connection: connect ECONNREFUSED 127.0.0.1:1',
    ],
    [
      'no word after a file that matches',
      { after: '' },
      { receive, ...soon },
      true,
      /^file of 9 bytes, then expected 226 after the file: no answer within 0\.3 s/,
    ],
    [
      'no word after a file that nobody matches',
      { after: '' },
      soon,
      false,
      'expected 226 after the file: no answer within 0.3 s',
    ],
    [
      'a transfer that failed',
      { after: '426 cut' },
      {},
      false,
      'expected 226 after the file, got "426 cut"',
    ],
    [
      'a failed one that matches',
      { after: '426 cut' },
      { receive },
      true,
      'file of 9 bytes, then expected 226 after the file, got "426 cut"',
    ],
    [
      'a failed one without a byte',
      { send: (data) => data.end(), after: '426 cut' },
      { receive: pattern('^$') },
      false,
      'expected 226 after the file, got "426 cut"',
    ],
    [
      'silence within a file that matches',
      { send: (data) => void data.write('Test Page') },
      { receive, ...soon },
      true,
      'file of 9 bytes, then no answer within 0.3 s',
    ],
    [
      'silence within another',
      { send: (data) => void data.write('Test') },
      { receive, ...soon },
      false,
      'does not match /^Test Page$/ (starts with "Test"), then no answer within 0.3 s',
    ],
    [
      'silence instead of a file',
      { send: () => {} },
      { receive: pattern(''), ...soon },
      false,
      'no answer within 0.3 s',
    ],
    [
      'a reset within the file',
      {
        send: (data) => data.write('Test', () => data.resetAndDestroy()),
        after: '426 cut',
      },
      {},
      false,
      // Node takes a reset that comes together with bytes for an end.
      /ECONNRESET|got "426 cut"/,
    ],
    [
      'no goodbye',
      { replies: { QUIT: '' } },
      { receive, ...soon },
      true,
      'file of 9 bytes',
    ],
  ] satisfies [string, FtpScript, Partial<CheckTarget>, boolean, string | RegExp][])
    await t.test(what, async (t) => {
      const server = await ftpServer(t, script);
      const result = await checkOnce(target({ port: server.port, ...fields }));
      t.equal(result.up, up, result.message);
      t.match(result.message, message);
      await server.idle();
      for (const data of server.data) if (data.accepted > 0) await data.idle();
    });
});

t.test('a goodbye that does not come is not waited for long', async (t) => {
  const server = await ftpServer(t, { replies: { QUIT: '' } });
  const began = performance.now();
  const fields = { port: server.port, receive, negotiatetimeoutMs: 30_000 };
  t.equal((await checkOnce(target(fields))).up, true);
  t.ok(performance.now() - began < 15_000, 'it did not wait for the time-out');
  await server.idle();
});

t.test('the commands that are sent', async (t) => {
  const server = await ftpServer(t);
  const fields = { login: 'me', passwd: 'a b\r', request: '/dir/a file.txt' };
  t.equal((await checkOnce(target({ port: server.port, ...fields }))).up, true);
  await server.idle();
  t.same(server.received[0]?.split('\r\n'), [
    'USER me',
    'PASS a b',
    'CWD /',
    'TYPE I',
    'PASV',
    'RETR /dir/a file.txt',
    'QUIT',
    '',
  ]);
});

t.test('the address that PASV names is not used', async (t) => {
  const elsewhere = { PASV: '227 there (127,0,0,9,HIGH,LOW)' };
  const server = await ftpServer(t, { replies: elsewhere });
  t.equal((await checkOnce(target({ port: server.port, receive }))).up, true);
  t.equal(server.data[0]?.accepted, 1);
});

t.test('a reply may come in pieces', async (t) => {
  const server = await rawServer(t, (socket) => {
    socket.setNoDelay();
    const pieces = ['22', '0 rea', 'dy\r', '\n'];
    const next = () => {
      const piece = pieces.shift();
      if (piece !== undefined) socket.write(piece, () => setImmediate(next));
    };
    next();
    socket.once('data', () => socket.end('530 who?\r\n'));
  });
  const { message } = await checkOnce(target({ port: server.port }));
  t.equal(message, 'expected 331 to USER, got "530 who?"');
});

t.test('what it reads is bounded', async (t) => {
  const flood = (data: Socket): void => {
    data.write('x'.repeat(65_536), (error) => error || flood(data));
  };
  const bodyLimit = 100_000;
  for (const [fields, up, message] of [
    [{ receive }, false, 'file of more than 100,000 bytes: not matched'],
    [{}, true, 'file of more than 100,000 bytes'],
  ] as const) {
    const server = await ftpServer(t, { send: flood });
    const result = await checkOnce(target({ port: server.port, bodyLimit, ...fields }));
    t.match(result, { up, message });
    await server.idle();
    await server.data[0]?.idle();
  }
});

t.test('nor does a talkative server fill the memory', async (t) => {
  for (const greeting of ['220-', `220-\r\n${'x\r\n'.repeat(50_000)}`]) {
    const server = await ftpServer(t, {
      replies: { greeting: greeting + 'x'.repeat(100_000) },
    });
    const result = await checkOnce(target({ port: server.port }));
    t.match(result, { up: false, message: 'got more than 65536 bytes' });
    await server.idle();
  }
});

t.test('a password that a server repeats is hidden', async (t) => {
  const server = await ftpServer(t, { replies: { PASS: '530 no tiger-striped' } });
  const fields = { port: server.port, passwd: 'tiger-striped' };
  const { message } = await checkOnce(target(fields));
  t.equal(message, 'expected 230 to PASS, got "530 no ***"');
});

t.test('nor is the beginning of one shown, where the message ends', async (t) => {
  const send = (data: Socket): void => void data.end(`${'x'.repeat(50)}tiger-striped`);
  const server = await ftpServer(t, { send });
  const fields = { port: server.port, passwd: 'tiger-striped', receive };
  const { message } = await checkOnce(target(fields));
  t.match(message, /x{50}\*\*\*"/);
});
