import { createHash, createHmac } from 'node:crypto';
import t from 'tap';
import { checkSuite } from '../../support/check-suite.ts';
import { checkOnce, checkTarget } from '../../support/check-target.ts';
import { type Answer, lineServer } from '../../support/line-server.ts';

for (const service of ['pop', 'pops'])
  t.test(service, async (t) => {
    checkSuite(t, { target: (port) => checkTarget({ service, port }) });
  });

const GREETING = '+OK ready\r\n';
const STAMPED = '+OK ready <1896.697170952@dbc.mtview.ca.us>\r\n';
const QUIT = '+OK bye\r\n';
const LOGIN = { login: 'scott', passwd: 'tiger' } as const;
const PLAIN = { CAPA: '-ERR what?\r\n', USER: '+OK\r\n', PASS: '+OK\r\n', QUIT };
const CRAM = {
  CAPA: '+OK\r\nUIDL\r\nSASL PLAIN CRAM-MD5\r\n.\r\n',
  AUTH: `+ ${Buffer.from('<1@x>').toString('base64')}\r\n`,
};

/** Answers by the first word of a line, or by the whole line. */
function by(answers: Readonly<Record<string, string>>): Answer {
  return (line) => answers[line] ?? answers[line.split(' ')[0] ?? ''];
}

const digest = createHash('md5')
  .update('<1896.697170952@dbc.mtview.ca.us>tiger')
  .digest('hex');
const response = Buffer.from(
  `scott ${createHmac('md5', 'tiger').update('<1@x>').digest('hex')}`,
).toString('base64');

t.test('up and down', async (t) => {
  for (const [what, greeting, answers, fields, up, message] of [
    ['a greeting', GREETING, { QUIT }, {}, true, '+OK ready'],
    [
      'no greeting but a refusal',
      '-ERR busy\r\n',
      {},
      {},
      false,
      'expected greeting "+OK", got "-ERR busy"',
    ],
    [
      'another protocol',
      '* OK IMAP\r\n',
      {},
      {},
      false,
      'expected greeting "+OK", got "* OK IMAP"',
    ],
    ['a login', GREETING, PLAIN, LOGIN, true, 'logged in by USER and PASS'],
    [
      'a wrong user',
      GREETING,
      { ...PLAIN, USER: '-ERR who?\r\n' },
      LOGIN,
      false,
      'expected +OK to USER and PASS, got "-ERR who?"',
    ],
    [
      'a wrong password',
      GREETING,
      { ...PLAIN, PASS: '-ERR [AUTH] no\r\n' },
      LOGIN,
      false,
      'expected +OK to USER and PASS, got "-ERR [AUTH] no"',
    ],
    [
      'APOP',
      STAMPED,
      { ...PLAIN, [`APOP scott ${digest}`]: '+OK\r\n' },
      LOGIN,
      true,
      'logged in by APOP',
    ],
    [
      'APOP that does not work for this user',
      STAMPED,
      { ...PLAIN, APOP: '-ERR\r\n' },
      LOGIN,
      true,
      'logged in by USER and PASS',
    ],
    [
      'CRAM-MD5',
      GREETING,
      { ...PLAIN, ...CRAM, [response]: '+OK\r\n' },
      LOGIN,
      true,
      'logged in by CRAM-MD5',
    ],
    [
      'CRAM-MD5 that is not there after all',
      GREETING,
      { ...PLAIN, ...CRAM, AUTH: '-ERR no\r\n' },
      LOGIN,
      true,
      'logged in by USER and PASS',
    ],
    [
      'every way refused',
      STAMPED,
      {
        ...{ ...PLAIN, ...CRAM, APOP: '-ERR 1\r\n' },
        ...{ [response]: '-ERR 2\r\n', PASS: '-ERR 3\r\n' },
      },
      LOGIN,
      false,
      'expected +OK to APOP, got "-ERR 1"; then expected +OK to CRAM-MD5, got "-ERR 2"; then expected +OK to USER and PASS, got "-ERR 3"',
    ],
  ] as const)
    await t.test(what, async (t) => {
      const server = await lineServer(t, greeting, by(answers));
      const target = checkTarget({ service: 'pop', port: server.port, ...fields });
      t.same(await checkOnce(target), { up, message });
      await server.idle();
      if (up) t.ok(server.received[0]?.endsWith('QUIT\r\n'));
    });
});

t.test('what is sent', async (t) => {
  const server = await lineServer(t, GREETING, by(PLAIN));
  const target = checkTarget({ service: 'pop', port: server.port });
  await checkOnce({ ...target, login: 'a b', passwd: ' two  "blanks"' });
  await server.idle();
  t.same(server.received, ['CAPA\r\nUSER a b\r\nPASS  two  "blanks"\r\nQUIT\r\n']);
});

t.test('a password with a line end is not sent at all', async (t) => {
  const server = await lineServer(t, GREETING, by(PLAIN));
  const target = checkTarget({ service: 'pop', port: server.port, ...LOGIN });
  const { up, message } = await checkOnce({ ...target, passwd: 'x\r\nDELE 1' });
  t.equal(up, false);
  t.match(message, 'has a line end');
  await server.idle();
  t.same(server.received, ['']);
});

t.test('a server that closes after a refusal is told of with both', async (t) => {
  const server = await lineServer(
    t,
    STAMPED,
    (_, socket) => void socket.end('-ERR\r\n'),
  );
  const target = checkTarget({ service: 'pop', port: server.port, ...LOGIN });
  t.same(await checkOnce(target), {
    up: false,
    message:
      'expected +OK to APOP, got "-ERR"; then expected an answer to CAPA, but the connection was closed',
  });
});

t.test('no message holds the password, encoded or not', async (t) => {
  const answer = by({ CAPA: CRAM.CAPA, AUTH: CRAM.AUTH });
  const server = await lineServer(
    t,
    STAMPED,
    (line, socket) => answer(line, socket) ?? `-ERR ${line} tiger\r\n`,
  );
  const target = checkTarget({ service: 'pop', port: server.port, ...LOGIN });
  const { up, message } = await checkOnce(target);
  t.equal(up, false);
  for (const word of ['scott', 'tiger', digest, response]) t.notMatch(message, word);
});
