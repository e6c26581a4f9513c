import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import t, { type Test } from 'tap';
import { startDovecot } from '../../lab/servers/dovecot.ts';
import { compareVerdicts, type VerdictCase } from '../../support/compare-verdicts.ts';
import { lab } from '../../support/lab.ts';
import { type Answer, answering } from '../../support/line-server.ts';

const NEEDS = lab('ldirectord', 'perl', 'dovecot', 'openssl', 'root');
const users = { scott: 'tiger', adams: 'a "b" \\c\\', 'two words': 'x' };
const LOGIN = { login: 'scott', passwd: 'tiger' } as const;

/** An address in 127.0.0.0/8 of the test's own: ldirectord asks standard ports only. */
function loopback(): string {
  return `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
}

/** Dovecot at the standard ports of an address, and at others of 127.0.0.1 and ::1. */
async function standardDovecot(t: Test) {
  const address = loopback();
  const settings = `
disable_plaintext_auth = no
service imap-login {
  inet_listener standard {
    address = ${address}
    port = 143
  }
  inet_listener standards {
    address = ${address}
    port = 993
    ssl = yes
  }
}
`;
  const dovecot = await startDovecot(t, { users, host: address, settings });
  return { ...dovecot, address };
}

/** Where a server of the test's own listens at port 143. */
async function serve(t: Test, greeting: string, answer: Answer): Promise<string> {
  const address = loopback();
  const server = createServer(answering(greeting, answer)).listen(143, address);
  await once(server, 'listening');
  t.teardown(() => server.close());
  return address;
}

/** Says goodbye, and this to all else; nothing where it is empty. */
function saying(result: string): Answer {
  return (line) => {
    const [tag, verb] = line.split(' ');
    if (verb === 'LOGOUT') return `* BYE\r\n${tag} OK\r\n`;
    return result === '' ? undefined : `${tag} ${result}\r\n`;
  };
}

async function scripted(t: Test): Promise<readonly VerdictCase[]> {
  const rows = [
    ['by the book', '* OK hi\r\n', 'OK', LOGIN],
    ['small letters', '* ok hi\r\n', 'ok', LOGIN],
    ['NO to all', '* OK hi\r\n', 'NO', LOGIN],
    ['BAD to all', '* OK hi\r\n', 'BAD', LOGIN],
    ['greeting BYE', '* BYE busy\r\n', 'OK', {}],
    ['greeting NO', '* NO busy\r\n', 'OK', {}],
    ['greeting PREAUTH', '* PREAUTH hi\r\n', 'OK', {}],
    ['another protocol', '+OK POP3\r\n', 'OK', {}],
    ['silence', '', '', {}],
    ['greeting PREAUTH, with login', '* PREAUTH hi\r\n', 'BAD', LOGIN],
    ['silence after the greeting', '* OK hi\r\n', '', LOGIN],
  ] as const;
  const cases: VerdictCase[] = [];
  for (const [name, greeting, result, login] of rows) {
    const address = await serve(t, greeting, saying(result));
    cases.push({ name, fields: { service: 'imap', address, port: 143, ...login } });
  }
  const loggedIn: Answer = (line) =>
    line.endsWith('LOGOUT') ? undefined : `${line.split(' ', 1)} OK\r\n`;
  const address = await serve(t, '* OK hi\r\n', loggedIn);
  cases.push({
    name: 'silence to LOGOUT',
    fields: { service: 'imap', address, port: 143, ...LOGIN },
    onlyHere: { up: true, why: 'it waits for ever' },
  });
  return cases.map((one) => ({
    ...one,
    ...(one.name === 'greeting PREAUTH, with login' && {
      differs: { real: false, why: 'who is logged in already need not log in' },
    }),
    ...(one.name === 'silence after the greeting' && {
      onlyHere: { up: false, why: 'it waits for ever' },
    }),
  }));
}

t.test('imap and imaps', NEEDS, async (t) => {
  const { address, imap, imaps, tlsCa } = await standardDovecot(t);
  const one = { family: 'inet6', address: '::1' } as const;
  const plain = { service: 'imap', address, port: 143 } as const;
  const secure = { service: 'imaps', address, port: 993 } as const;
  const unquoted = { real: false, why: 'the login is not quoted there' };
  const logins = (where: typeof plain | typeof secure): VerdictCase[] => [
    { name: 'no login', fields: where },
    { name: 'a login', fields: { ...where, ...LOGIN } },
    { name: 'a wrong password', fields: { ...where, ...LOGIN, passwd: 'lion' } },
    { name: 'no password', fields: { ...where, login: 'scott' } },
    { name: 'quotes', fields: { ...where, login: 'adams', passwd: users.adams } },
    {
      name: 'a login of two words',
      fields: { ...where, login: 'two words', passwd: 'x' },
      differs: unquoted,
    },
  ];
  const elsewhere = { real: false, why: 'there IPv4 is asked at port 143 or 993 only' };
  const noIpv6 = { real: false, why: 'its module does not know IPv6' };
  // It waits 5 s after each connection that it did not get: many at a time.
  await Promise.all([
    compareVerdicts(t, 'imap', [...logins(plain), ...(await scripted(t))]),
    compareVerdicts(t, 'imaps', logins(secure), { authority: tlsCa }),
    compareVerdicts(
      t,
      'imap, no connection',
      [
        { name: 'nobody listens', fields: { ...plain, address: loopback() } },
        { name: 'imaps to the port of imap', fields: { ...plain, service: 'imaps' } },
      ],
      { alike: 'none of them can be up' },
    ),
    compareVerdicts(
      t,
      'imap elsewhere',
      [
        {
          name: 'another port',
          fields: { ...plain, address: '127.0.0.1', port: imap },
          differs: elsewhere,
        },
        {
          name: 'another port',
          fields: { ...secure, address: '127.0.0.1', port: imaps },
          differs: elsewhere,
        },
      ],
      { authority: tlsCa, alike: 'it does not look there' },
    ),
    compareVerdicts(
      t,
      'imap over IPv6',
      [
        { name: 'IPv6', fields: { ...plain, ...one, port: imap }, differs: noIpv6 },
        { name: 'IPv6', fields: { ...secure, ...one, port: imaps }, differs: noIpv6 },
      ],
      { authority: tlsCa, alike: 'it cannot' },
    ),
    compareVerdicts(
      t,
      'imaps without the authority',
      [
        { name: 'verified', fields: secure },
        {
          name: 'tls-verify=no',
          fields: { ...secure, tlsVerify: false },
          differs: { real: false, why: 'it has no such setting' },
        },
      ],
      { alike: 'it does not know the authority' },
    ),
  ]);
});
