import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { testAuthority } from '../../support/certificates.ts';
import { checkSuite } from '../../support/check-suite.ts';
import { checkOnce, checkTarget, pattern } from '../../support/check-target.ts';
import { lab } from '../../support/lab.ts';
import { rawServer } from '../../support/raw-server.ts';

const NAME = 'dc=example,dc=com';

function ldap(fields: Partial<CheckTarget>): CheckTarget {
  return checkTarget({ service: 'ldap', request: `/${NAME}`, ...fields });
}

checkSuite(t, { target: (port) => ldap({ port }) });
checkSuite(t, { target: (port) => ldap({ port, service: 'ldaps' }) });

/** An element with a short length, by other means than the check's own. */
function ber(tag: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.of(tag, content.length), content]);
}

function message(id: number, operation: number, ...parts: readonly Buffer[]): Buffer {
  return ber(0x30, ber(2, Buffer.of(id)), ber(operation, ...parts));
}

function result(id: number, operation: number, code = 0, words = ''): Buffer {
  return message(id, operation, ber(10, Buffer.of(code)), ber(4), ber(4, words));
}

function entry(name: string): Buffer {
  return message(2, 0x64, ber(4, name), ber(0x30));
}

const BOUND = result(1, 0x61);
const DONE = result(2, 0x65);
const REFERENCE = message(2, 0x73, ber(4, 'ldap://elsewhere/'));

/** What a server sends to the first request, to the second, and so on. */
type Answers = readonly ((socket: Socket) => void)[];

function send(...bytes: readonly Buffer[]): (socket: Socket) => void {
  return (socket) => void socket.write(Buffer.concat(bytes));
}

function serve(answers: Answers): (socket: Socket) => void {
  return (socket) => {
    let asked = 0;
    socket.on('data', () => answers[asked++]?.(socket));
  };
}

/** Writes without end; the client has to close. */
function flood(first: Buffer, again: Buffer): (socket: Socket) => void {
  return (socket) => {
    socket.write(first);
    const more = () => {
      while (socket.writable && socket.write(again));
    };
    socket.on('drain', more);
    more();
  };
}

function byteByByte(socket: Socket): void {
  socket.setNoDelay();
  for (const byte of Buffer.concat([entry(NAME), DONE])) socket.write(Buffer.of(byte));
}

const bound = send(BOUND);
const half = entry(NAME).subarray(0, 9);

t.test('what a server answers', async (t) => {
  for (const [what, answers, up, told] of [
    ['one entry', [bound, send(entry(NAME), DONE)], true, `found "${NAME}"`],
    ['one entry, byte by byte', [bound, byteByByte], true, `found "${NAME}"`],
    [
      'an entry and a reference',
      [bound, send(REFERENCE, entry(NAME), DONE)],
      true,
      'found',
    ],
    ['no entry', [bound, send(DONE)], false, 'expected 1 entry, got none'],
    ['a reference', [bound, send(REFERENCE, DONE)], false, 'got none'],
    [
      'two entries',
      [bound, send(entry(NAME), entry('dc=com'), DONE)],
      false,
      `search of "${NAME}": expected 1 entry, got more`,
    ],
    [
      'no such entry',
      [bound, send(result(2, 0x65, 32, 'not\nhere'))],
      false,
      `search of "${NAME}": expected 1 entry, got noSuchObject (32) "not here"`,
    ],
    [
      'a code that has no name',
      [bound, send(result(2, 0x65, 99))],
      false,
      'got result (99)',
    ],
    [
      'a bind that is refused',
      [send(result(1, 0x61, 49))],
      false,
      'bind: expected success, got invalidCredentials (49)',
    ],
    [
      'a notice of disconnection',
      [send(result(0, 0x78, 52, 'going down'))],
      false,
      'bind: the server closes the connection: unavailable (52) "going down"',
    ],
    ['an answer to another', [send(result(7, 0x61))], false, 'got one to request 7'],
    ['another answer', [send(result(1, 0x65))], false, 'got LDAP operation 0x65'],
    ['another answer to the search', [bound, send(result(2, 0x61))], false, '0x61'],
    ['no result', [send(message(1, 0x61))], false, 'no result code'],
    ['no message id', [send(ber(0x30, ber(4, 'x')))], false, 'no message id'],
    ['a length without end', [send(Buffer.of(0x30, 0x80))], false, 'no usable length'],
    ['a cut element', [send(ber(0x30, Buffer.of(2, 9, 1)))], false, 'is cut short'],
    ['a flood', [bound, flood(REFERENCE, REFERENCE)], false, 'more than 65536 bytes'],
    [
      'a message of 4 GB',
      [flood(Buffer.from('3084fffffff0', 'hex'), Buffer.alloc(65_536))],
      false,
      'more than 65536 bytes',
    ],
    [
      'an end after the bind',
      [bound, (socket) => socket.end()],
      false,
      `search of "${NAME}": the connection was closed, no answer came`,
    ],
    ['an end within a message', [bound, (socket) => socket.end(half)], false, 'closed'],
    [
      'a reset after the bind',
      [bound, (socket) => socket.resetAndDestroy()],
      false,
      'ECONNRESET',
    ],
    [
      'http',
      [(socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
      false,
      'bind: expected LDAP, got "HTTP/1.1 400 Bad Request',
    ],
  ] satisfies [string, Answers, boolean, string][])
    await t.test(what, async (t) => {
      const server = await rawServer(t, serve(answers));
      const result = await checkOnce(ldap({ port: server.port }));
      t.equal(result.up, up, result.message);
      t.match(result.message, told);
      await server.idle();
      t.equal(server.open, 0);
    });
});

t.test('silence after the bind names the step and the time-out', async (t) => {
  const server = await rawServer(t, serve([bound]));
  const target = ldap({ port: server.port, checktimeoutMs: 300 });
  const { up, message } = await checkOnce(target);
  t.equal(up, false);
  t.match(message, `search of "${NAME}": no answer within 0.3 s (checktimeout)`);
  await server.idle();
});

t.test('what is sent', async (t) => {
  const words = { login: 'cn=admin', passwd: 'tiger-striped' };
  for (const [what, fields, name, password] of [
    ['login and passwd', words, words.login, words.passwd],
    ['neither', {}, '', ''],
    ['login alone: anonymous', { login: words.login }, '', ''],
    ['passwd alone: anonymous', { passwd: words.passwd }, '', ''],
  ] as const)
    await t.test(what, async (t) => {
      const server = await rawServer(t, serve([bound, send(entry(NAME), DONE)]));
      t.equal((await checkOnce(ldap({ port: server.port, ...fields }))).up, true);
      await server.idle();
      const bind = message(
        1,
        0x60,
        ber(2, Buffer.of(3)),
        ber(4, name),
        ber(0x80, password),
      );
      const search = message(
        2,
        0x63,
        ber(4, NAME),
        Buffer.from('0a01000a0102020100020100010100', 'hex'),
        ber(0x87, 'objectClass'),
        ber(0x30, ber(4, '1.1')),
      );
      const unbind = ber(0x30, ber(2, Buffer.of(3)), ber(0x42));
      const sent = Buffer.concat([bind, search, unbind]).toString('latin1');
      t.equal(server.received[0], sent);
    });
});

t.test('a name of more than 127 and 255 bytes is found', async (t) => {
  for (const length of [127, 128, 255, 256, 5000]) {
    const server = await rawServer(t, serve([bound, send(entry('x'), DONE)]));
    const request = `/${'é'.repeat(length)}`;
    t.equal((await checkOnce(ldap({ port: server.port, request }))).up, true);
    await server.idle();
    t.match(server.received[0], Buffer.from(request.slice(1)).toString('latin1'));
  }
});

t.test('receive is matched with the name as it was sent', async (t) => {
  const server = await rawServer(t, serve([bound, send(entry('ou=Köln'), DONE)]));
  for (const [receive, up] of [
    [pattern('^ou='), true],
    [pattern('^ou=K\\xc3\\xb6ln$'), true],
    [pattern('^OU='), false],
    [pattern('^OU=', 'i'), true],
    [pattern(''), true],
    [pattern('Bonn'), false],
  ] as const) {
    const result = await checkOnce(ldap({ port: server.port, receive }));
    t.equal(result.up, up, receive.perl);
    if (!up)
      t.equal(
        result.message,
        `found "ou=Köln", which does not match /${receive.perl}/`,
      );
  }
});

t.test('a server that names the password back does not make it known', async (t) => {
  const passwd = 'tiger-striped';
  const words = `${'x'.repeat(90)}${passwd}`;
  const server = await rawServer(t, serve([send(result(1, 0x61, 49, words))]));
  const { message } = await checkOnce(ldap({ port: server.port, login: 'me', passwd }));
  t.match(message, 'invalidCredentials');
  t.notMatch(message, 'tiger');
});

t.test('ldaps sends the virtualhost as SNI', lab('openssl'), async (t) => {
  const authority = testAuthority(t.testdir());
  const pair = authority.issue('any.example.com');
  const names: unknown[] = [];
  const SNICallback = (name: string, done: (error: null) => void) => {
    names.push(name);
    done(null);
  };
  const server = await rawServer(
    t,
    serve([bound, send(entry(NAME), DONE)]),
    createServer({ ...pair, SNICallback }),
    'secureConnection',
  );
  const target = ldap({
    service: 'ldaps',
    port: server.port,
    tlsCa: authority.file,
    virtualhost: 'directory.example.com',
  });
  const { up, message } = await checkOnce(target);
  t.equal(up, true, message);
  t.same(names, ['directory.example.com']);
});
