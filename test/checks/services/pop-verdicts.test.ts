import t, { type Test } from 'tap';
import { startDovecot } from '../../lab/servers/dovecot.ts';
import { compareVerdicts, type VerdictCase } from '../../support/compare-verdicts.ts';
import { lab } from '../../support/lab.ts';
import { lineServer, toVerbs } from '../../support/line-server.ts';

const NEEDS = lab('ldirectord', 'perl', 'dovecot', 'openssl', 'root');
const users = { scott: 'tiger', adams: 'a "b" \\c\\', 'two words': 'x' };
const LOGIN = { login: 'scott', passwd: 'tiger' } as const;
const six = { family: 'inet6', address: '::1' } as const;
const alwaysUp = { real: true, why: 'there pop without login is up unseen' };
const noIpv6 = { real: false, why: 'its module does not know IPv6' };

function logins(where: { service: string; port: number }): VerdictCase[] {
  const { service } = where;
  return [
    { name: 'no login', fields: where },
    { name: 'a login', fields: { ...where, ...LOGIN } },
    { name: 'a wrong password', fields: { ...where, ...LOGIN, passwd: 'lion' } },
    { name: 'no password', fields: { ...where, login: 'scott' } },
    { name: 'quotes', fields: { ...where, login: 'adams', passwd: users.adams } },
    {
      name: 'a login of two words',
      fields: { ...where, login: 'two words', passwd: 'x' },
    },
    { name: 'nobody listens', fields: { service, port: 1 }, differs: alwaysUp },
    { name: 'nobody listens, with login', fields: { service, port: 1, ...LOGIN } },
    { name: 'IPv6', fields: { ...where, ...six, ...LOGIN }, differs: noIpv6 },
  ];
}

async function scripted(t: Test): Promise<readonly VerdictCase[]> {
  const OK = '+OK\r\n';
  const no = '-ERR no\r\n';
  const all = { CAPA: no, USER: OK, PASS: OK, STAT: '+OK 0 0\r\n', QUIT: OK };
  const service = 'pop';
  const cases: VerdictCase[] = [];
  for (const [name, greeting, answers, more] of [
    ['by the book', OK, all, LOGIN],
    ['STAT refused', OK, { ...all, STAT: no }, LOGIN],
    ['USER refused', OK, { ...all, USER: no }, LOGIN],
    ['PASS refused', OK, { ...all, PASS: no }, LOGIN],
    ['small letters', '+ok\r\n', all, LOGIN],
    ['a greeting that refuses', no, all, LOGIN],
    ['another protocol', '* OK IMAP\r\n', all, LOGIN],
  ] as const) {
    const { port } = await lineServer(t, greeting, toVerbs(answers));
    cases.push({ name, fields: { service, port, ...more } });
  }
  const refusing = await lineServer(t, no);
  const silent = await lineServer(t, '');
  const closing = await lineServer(t, OK, (_, socket) => void socket.end());
  const clinging = await lineServer(t, OK, toVerbs({ ...all, QUIT: '' }));
  return [
    ...cases,
    {
      name: 'a greeting that refuses, no login',
      fields: { service, port: refusing.port },
      differs: alwaysUp,
    },
    {
      name: 'silence',
      fields: { service, port: silent.port, ...LOGIN },
      onlyHere: { up: false, why: 'it waits for ever' },
    },
    {
      name: 'silence to QUIT',
      fields: { service, port: clinging.port, ...LOGIN },
      onlyHere: { up: true, why: 'it waits for ever' },
    },
    { name: 'an end', fields: { service, port: closing.port, ...LOGIN } },
  ];
}

t.test('pop and pops', NEEDS, async (t) => {
  const host = '127.0.0.1';
  const { pop, pops, tlsCa } = await startDovecot(t, { users, host });
  const settings = 'auth_mechanisms = plain cram-md5 apop\n';
  const clever = await startDovecot(t, { users, settings });
  const apop = { service: 'pop', port: clever.pop, ...LOGIN };
  const secure = { service: 'pops', port: pops, ...LOGIN };
  const more = await scripted(t);
  await Promise.all([
    compareVerdicts(t, 'pop', [
      ...logins({ service: 'pop', port: pop }),
      { name: 'APOP and CRAM-MD5', fields: apop },
      { name: 'APOP, a wrong password', fields: { ...apop, passwd: 'lion' } },
      ...more,
    ]),
    compareVerdicts(
      t,
      'pops',
      [
        ...logins({ service: 'pops', port: pops }),
        { name: 'to the port of pop', fields: { ...secure, port: pop } },
      ],
      { authority: tlsCa },
    ),
    compareVerdicts(
      t,
      'pops, a certificate for the site',
      [
        {
          name: 'a login',
          fields: { ...secure, port: clever.pops, virtualhost: 'mail.example.com' },
          differs: { real: false, why: 'there it must be for the address' },
        },
      ],
      { authority: clever.tlsCa, alike: 'it is not for the address' },
    ),
    compareVerdicts(
      t,
      'pops without the authority',
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
