import { createServer } from 'node:tls';
import t from 'tap';
import { testAuthority } from '../../support/certificates.ts';
import { checkSuite } from '../../support/check-suite.ts';
import { checkOnce, checkTarget } from '../../support/check-target.ts';
import { lab } from '../../support/lab.ts';
import { type Answer, lineServer } from '../../support/line-server.ts';

for (const service of ['imap', 'imaps'])
  t.test(service, async (t) => {
    checkSuite(t, { target: (port) => checkTarget({ service, port }) });
  });

const OK = '* OK [CAPABILITY IMAP4rev1] ready\r\n';
const LOGIN = { login: 'scott', passwd: 'tiger' } as const;

/** Says this to LOGIN, and goodbye. */
function onLogin(said: string | undefined): Answer {
  return (line) => {
    if (line.startsWith('a1 LOGIN')) return said;
    return line === 'a2 LOGOUT' ? '* BYE\r\na2 OK\r\n' : undefined;
  };
}

t.test('up and down', async (t) => {
  for (const [what, greeting, said, fields, up, message] of [
    ['a greeting', OK, undefined, {}, true, '* OK ready'],
    ['in small letters', '* ok hi\r\n', undefined, {}, true, '* ok hi'],
    [
      'a refusal to greet',
      '* BYE overloaded\r\n',
      undefined,
      LOGIN,
      false,
      'expected greeting "* OK", got "* BYE overloaded"',
    ],
    [
      'another protocol',
      '+OK POP3\r\n',
      undefined,
      {},
      false,
      'expected greeting "* OK", got "+OK POP3"',
    ],
    ['a login', OK, '* CAPABILITY x\r\na1 OK\r\n', LOGIN, true, 'logged in'],
    [
      'a server that knows us',
      '* PREAUTH hi\r\n',
      'a1 BAD again?\r\n',
      LOGIN,
      true,
      'logged in by the server itself',
    ],
    [
      'a refusal',
      OK,
      'a1 NO [AUTHENTICATIONFAILED] no\r\n',
      LOGIN,
      false,
      'expected OK to LOGIN, got "a1 NO [AUTHENTICATIONFAILED] no"',
    ],
    [
      'words unasked, then a refusal',
      OK,
      '* OK still here\r\n* BAD in clear?\r\na1 NO no\r\n',
      LOGIN,
      false,
      'expected OK to LOGIN, got "a1 NO no"',
    ],
    [
      'a farewell',
      OK,
      '* BYE too many\r\n',
      LOGIN,
      false,
      'expected OK to LOGIN, got "* BYE too many"',
    ],
    [
      'an answer to something else',
      OK,
      'a9 OK\r\n',
      LOGIN,
      false,
      'expected OK to LOGIN, got "a9 OK"',
    ],
  ] as const)
    await t.test(what, async (t) => {
      const server = await lineServer(t, greeting, onLogin(said));
      const target = checkTarget({ service: 'imap', port: server.port, ...fields });
      t.same(await checkOnce(target), { up, message });
      await server.idle();
      if (up) t.ok(server.received[0]?.endsWith('a2 LOGOUT\r\n'));
    });
});

t.test('a login is quoted, or sent as a literal', async (t) => {
  for (const [login, passwd, sent] of [
    ['scott', 'tiger', 'a1 LOGIN "scott" "tiger"\r\n'],
    ['a b', 'c"d\\e', 'a1 LOGIN "a b" "c\\"d\\\\e"\r\n'],
    ['scott', '', 'a1 LOGIN "scott" ""\r\n'],
    ['scott', '{3}\t', 'a1 LOGIN "scott" {4}\r\n{3}\t\r\n'],
    ['jürgen', 'pass', 'a1 LOGIN {7}\r\njürgen "pass"\r\n'],
    ['ü', 'ä\r\na3 DELETE x', 'a1 LOGIN {2}\r\nü {15}\r\nä\r\na3 DELETE x\r\n'],
  ] as const) {
    const asked = /\{\d+\}$/;
    const server = await lineServer(t, OK, (line) => {
      if (line === 'a2 LOGOUT') return 'a2 OK\r\n';
      if (asked.test(line)) return '+ go on\r\n';
      // A line end within a literal ends no command.
      return line === 'ü {15}' || line === 'ä' ? undefined : 'a1 OK\r\n';
    });
    const target = checkTarget({ service: 'imap', port: server.port, login, passwd });
    const { up, message } = await checkOnce(target);
    t.ok(up, message);
    await server.idle();
    const received = Buffer.from(server.received[0] ?? '', 'latin1').toString();
    t.equal(received, `${sent}a2 LOGOUT\r\n`);
  }
});

t.test('a literal waits until the server asks for it', async (t) => {
  const server = await lineServer(t, OK, () => 'a1 NO no literals\r\n');
  const target = checkTarget({ service: 'imap', port: server.port, ...LOGIN });
  t.same(await checkOnce(checkTarget({ ...target, passwd: 'schlüssel' })), {
    up: false,
    message: 'expected go-ahead for LOGIN, got "a1 NO no literals"',
  });
  await server.idle();
  t.notMatch(server.received[0], 'schl');
});

t.test('a NUL is not sent at all', async (t) => {
  const server = await lineServer(t, OK, onLogin('a1 OK\r\n'));
  const target = checkTarget({ service: 'imap', port: server.port, ...LOGIN });
  const { up, message } = await checkOnce({ ...target, passwd: 'a\0b' });
  t.equal(up, false);
  t.match(message, 'has a NUL');
  await server.idle();
  t.same(server.received, ['']);
});

t.test('no message holds the password, however the server writes it', async (t) => {
  const passwd = 'stri"ped\\tiger';
  const server = await lineServer(t, OK, (line) => `a1 NO ${line} ${passwd}\r\n`);
  const target = checkTarget({ service: 'imap', port: server.port, ...LOGIN, passwd });
  t.same(await checkOnce(target), {
    up: false,
    message: 'expected OK to LOGIN, got "a1 NO a1 LOGIN "***" "***" ***"',
  });
});

t.test('a server that closes in the middle is down', async (t) => {
  const server = await lineServer(t, OK, (_, socket) => void socket.end('* x\r\na1 '));
  const target = checkTarget({ service: 'imap', port: server.port, ...LOGIN });
  t.same(await checkOnce(target), {
    up: false,
    message: 'expected OK to LOGIN as a whole line, got "a1"',
  });
});

t.test('imaps asks for the name of the site', lab('openssl'), async (t) => {
  const authority = testAuthority(t.testdir());
  const names: (string | false | null)[] = [];
  const server = createServer(authority.issue('mail.example.com'));
  server.on('secureConnection', ({ servername }) => names.push(servername ?? false));
  const answer = onLogin('a1 OK\r\n');
  const { port } = await lineServer(t, OK, answer, server);
  const target = checkTarget({ service: 'imaps', port, tlsCa: authority.file });
  for (const virtualhost of ['mail.example.com', undefined]) {
    const result = await checkOnce({ ...target, ...LOGIN, virtualhost });
    t.match(result, { up: true, message: 'logged in' });
  }
  t.same(names, ['mail.example.com', false]);
});
