import type { Socket } from 'node:net';
import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { checkSuite } from '../../support/check-suite.ts';
import { checkOnce, checkTarget, pattern } from '../../support/check-target.ts';
import { rawServer } from '../../support/raw-server.ts';

function simpletcp(fields: Partial<CheckTarget>): CheckTarget {
  return checkTarget({ service: 'simpletcp', ...fields });
}

const HELLO = { request: '/hello\\n', receive: pattern('^world') };

checkSuite(t, {
  target: (port) => simpletcp({ port, ...HELLO }),
  endsItsSide: true,
});

t.test('without receive any line will do', async (t) => {
  checkSuite(t, {
    target: (port) => simpletcp({ port }),
    endsItsSide: true,
    otherProtocolIsUp: true,
  });
});

/** Says that at the end of what the client has to say. */
function answering(words: string | Buffer): (socket: Socket) => void {
  // Before the raw server's own listener, which ends it with nothing.
  return (socket) => void socket.prependOnceListener('end', () => socket.end(words));
}

t.test('the request is sent as ldirectord sends it, and the end of it', async (t) => {
  for (const [request, sent] of [
    ['/', ''],
    ['/quit', 'quit'],
    ['quit', 'quit'],
    ['//quit', '/quit'],
    ['/a\\nb\\n', 'a\nb\n'],
    ['/a\\r\\nb', 'a\\r\nb'],
    ['/a\\\\n', 'a\\\n'],
    ['/ü€', '\xc3\xbc\xe2\x82\xac'],
  ] as const)
    await t.test(JSON.stringify(request), async (t) => {
      const server = await rawServer(t, answering('yes\n'));
      t.equal((await checkOnce(simpletcp({ port: server.port, request }))).up, true);
      t.equal(server.received[0], sent);
    });
});

t.test('up when a line matches', async (t) => {
  const closed = 'but the connection was closed';
  const empty = '\n'.repeat(10_001);
  for (const [what, answer, receive, up, message] of [
    ['the only line', 'world\n', '^world', true, 'got "world"'],
    ['the last line', 'a\nb\nworld\n', '^world', true, 'got "world"'],
    ['a line without end', 'a\nworld', '^world', true, 'got "world"'],
    ['any line', 'a\nworld\n', undefined, true, 'got "a"'],
    ['an empty line', '\n', undefined, true, 'got ""'],
    ['the line feed belongs to the line', 'a\r\n', 'a\\r\\n$', true, 'got "a"'],
    [
      'a match goes not over line ends',
      'a\nb\n',
      'a\\nb',
      false,
      '; got 2 others, the last "b"',
    ],
    ['bytes above 127', Buffer.of(0xfc, 10), '^\\xfc', true, 'got "ü"'],
    ['NUL', Buffer.of(0, 97, 10), '\\x00a', true, 'got "a"'],
    [
      'another line',
      'sorry\n',
      '^world',
      false,
      'expected a line matching /^world/; got 1 other, the last "sorry"',
    ],
    ['nothing', '', '^world', false, `expected a line matching /^world/, ${closed}`],
    ['no line where any will do', '', undefined, false, `expected a line, ${closed}`],
    [
      'the ten thousandth line',
      `${'\n'.repeat(9999)}world`,
      '^world',
      true,
      'got "world"',
    ],
    ['a line too many', `${empty}world`, '^world', false, 'got 10000 others'],
  ] as const)
    await t.test(what, async (t) => {
      const server = await rawServer(t, answering(answer));
      const target = simpletcp({
        port: server.port,
        receive: receive === undefined ? undefined : pattern(receive),
      });
      const result = await checkOnce(target);
      t.equal(result.up, up, result.message);
      t.match(result.message, message);
      await server.idle();
    });
});

t.test('a pattern that Perl cannot compile is down with the reason', async (t) => {
  const server = await rawServer(t, answering('a\n'));
  const receive = { perl: '(', problem: '"(" is no regular expression' };
  const { up, message } = await checkOnce(simpletcp({ port: server.port, receive }));
  t.equal(up, false);
  t.match(message, receive.problem);
});

t.test('a line is matched as soon as it is there', async (t) => {
  const server = await rawServer(t, (socket) => {
    socket.write('a\n');
    socket.write('world\nand what more there is');
  });
  const result = await checkOnce(simpletcp({ port: server.port, ...HELLO }));
  t.match(result, { up: true, message: 'got "world"' });
  await server.idle();
});

t.test('lines may come byte by byte', async (t) => {
  const trickle = (socket: Socket, text: string) => {
    if (text === '') return;
    socket.write(text.slice(0, 1), (error) => error ?? trickle(socket, text.slice(1)));
  };
  const server = await rawServer(t, (socket) =>
    trickle(socket.setNoDelay(), 'other\nworld\n'),
  );
  t.match(await checkOnce(simpletcp({ port: server.port, ...HELLO })), { up: true });
});

t.test('at the time-out the lines so far are told of', async (t) => {
  const server = await rawServer(t, (socket) => {
    // It goes on though the client has ended its side.
    socket.removeAllListeners('end').write('a\nsorry\nworld');
  });
  const target = simpletcp({ port: server.port, ...HELLO, negotiatetimeoutMs: 500 });
  t.same(await checkOnce(target), {
    up: false,
    message:
      'expected a line matching /^world/: no answer within 0.5 s (negotiatetimeout); got 2 others, the last "sorry"',
  });
});

t.test('no more than body-limit is read', async (t) => {
  const server = await rawServer(t, (socket) => void socket.write('x'.repeat(200_000)));
  const target = simpletcp({ port: server.port, ...HELLO, bodyLimit: 100_000 });
  const { up, message } = await checkOnce(target);
  t.equal(up, false);
  t.match(message, 'got more than 100000 bytes');
  await server.idle();
});
