import t from 'tap';
import { startDovecot } from '../../lab/servers/dovecot.ts';
import { checkOnce, checkTarget } from '../../support/check-target.ts';
import { lab } from '../../support/lab.ts';

const NEEDS = lab('dovecot', 'openssl', 'root');
const users = {
  scott: 'tiger-striped',
  'with blanks': 'a "b" \\c\\ {7} %s',
  jürgen: 'pässwörd',
  adams: ' two  blanks ',
};
const tlsNames = new Set<string>(['imaps', 'pops']);
const [login = '', passwd = ''] = Object.entries(users)[0] ?? [];

t.test("Debian's Dovecot, spoken to in IMAP and POP3", NEEDS, async (t) => {
  const dovecot = await startDovecot(t, { users });
  const { tlsCa } = dovecot;
  const inet6 = { family: 'inet6', address: '::1' } as const;

  for (const [service, said, refusal] of [
    ['imap', 'logged in', 'expected OK to LOGIN, got "a1 NO [AUTHENTICATIONFAILED] '],
    ['imaps', 'logged in', 'expected OK to LOGIN, got "a1 NO [AUTHENTICATIONFAILED] '],
    [
      'pop',
      'logged in by USER and PASS',
      'expected +OK to USER and PASS, got "-ERR [AUTH] ',
    ],
    [
      'pops',
      'logged in by USER and PASS',
      'expected +OK to USER and PASS, got "-ERR [AUTH] ',
    ],
  ] as const)
    t.test(service, async (t) => {
      const target = checkTarget({ service, port: dovecot[service], tlsCa });

      t.test('is up when it greets, with no login to try', async (t) => {
        const { up, message } = await checkOnce(target);
        t.ok(up, message);
        t.match(message, /^(\* OK|\+OK) Dovecot \(Debian\) ready\.$/);
      });

      t.test('accepts a login, at IPv6 too', async (t) => {
        const subject = tlsNames.has(service) ? 'CN=mail.example.com' : undefined;
        for (const where of [{}, inet6]) {
          const result = await checkOnce(
            checkTarget({ ...target, ...where, login, passwd }),
          );
          t.match(result, { up: true, message: said });
          t.equal(result.certificate?.subject, subject);
        }
      });

      t.test('gets logins and passwords of any characters unharmed', async (t) => {
        for (const [login, passwd] of Object.entries(users)) {
          const { up, message } = await checkOnce(
            checkTarget({ ...target, login, passwd }),
          );
          t.ok(up, `${login}: ${message}`);
        }
      });

      t.test('refuses others, and the message holds no password', async (t) => {
        const refused = [
          [login, 'tiger-stripe'],
          [login, ''],
          ['nobody', passwd],
          ['jürgen', 'passwörd'],
        ] as const;
        // Together: Dovecot takes half a second to refuse.
        const results = await Promise.all(
          refused.map(([login, passwd]) =>
            checkOnce(checkTarget({ ...target, login, passwd })),
          ),
        );
        for (const [index, { up, message }] of results.entries()) {
          t.equal(up, false);
          t.match(message, refusal);
          const word = refused[index]?.[1] ?? '';
          if (word !== '') t.notMatch(message, word);
        }
      });
    });

  t.test('over TLS its chain is verified', async (t) => {
    for (const service of ['imaps', 'pops'] as const) {
      const target = checkTarget({ service, port: dovecot[service] });
      const { up, message } = await checkOnce(target);
      t.equal(up, false);
      t.match(message, /^TLS: .*\(UNABLE_TO_/);
      t.ok((await checkOnce({ ...target, tlsVerify: false })).up);
    }
  });

  t.test('what speaks otherwise is down', async (t) => {
    for (const [service, port, expected] of [
      [
        'imap',
        dovecot.pop,
        'expected greeting "* OK", got "+OK Dovecot (Debian) ready."',
      ],
      ['pop', dovecot.imap, 'expected greeting "+OK", got "* OK [CAPABILITY '],
      ['smtp', dovecot.pop, 'expected a 2xx banner, got "+OK Dovecot (Debian) ready."'],
      ['imaps', dovecot.imap, 'TLS: '],
      ['pops', dovecot.pop, 'TLS: '],
    ] as const) {
      const { up, message } = await checkOnce(checkTarget({ service, port, tlsCa }));
      t.equal(up, false);
      t.match(message, expected);
    }
  });
});

t.test('Dovecot that takes no plain login without TLS', NEEDS, async (t) => {
  // To it, a client at its own address is safe.
  const settings = 'listen = 127.0.0.1, 127.0.0.2\nssl = required';
  const { imap, pop, imaps, tlsCa } = await startDovecot(t, { users, settings });
  for (const [service, port, up, message] of [
    ['imap', imap, false, /got "a1 NO \[PRIVACYREQUIRED\] /],
    ['pop', pop, false, /got "-ERR \[AUTH\] .*SSL\/TLS/],
    ['imaps', imaps, true, 'logged in'],
  ] as const) {
    const result = await checkOnce(
      checkTarget({ service, address: '127.0.0.2', port, login, passwd, tlsCa }),
    );
    t.equal(result.up, up);
    t.match(result.message, message);
  }
});

t.test('Dovecot that offers what keeps the password off the wire', NEEDS, async (t) => {
  for (const [mechanisms, said] of [
    ['plain cram-md5', 'logged in by CRAM-MD5'],
    ['plain cram-md5 apop', 'logged in by APOP'],
  ] as const)
    await t.test(mechanisms, async (t) => {
      const settings = `auth_mechanisms = ${mechanisms}\n`;
      const { pop } = await startDovecot(t, { users, settings });
      const target = checkTarget({ service: 'pop', port: pop, login, passwd });
      t.same(await checkOnce(target), { up: true, message: said });
      const { up, message } = await checkOnce({ ...target, passwd: 'lion' });
      t.equal(up, false);
      t.match(message, /^expected \+OK to (APOP|CRAM-MD5), got .*; then expected /);
    });
});
