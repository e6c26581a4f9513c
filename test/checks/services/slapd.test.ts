import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import { SLAPD_LOGIN, startSlapd } from '../../lab/servers/slapd.ts';
import { checkOnce, checkTarget, pattern } from '../../support/check-target.ts';
import { compareVerdicts, type VerdictCase } from '../../support/compare-verdicts.ts';
import { lab } from '../../support/lab.ts';
import { rawServer } from '../../support/raw-server.ts';

const SUFFIX = 'dc=example,dc=com';
const STAFF = `/ou=staff,${SUFFIX}`;

t.test("Debian's slapd", lab('slapd', 'openssl'), async (t) => {
  const { port, tlsPort, tlsCa } = await startSlapd(t);
  const six = { family: 'inet6', address: '::1' } as const;
  const secure = { service: 'ldaps', port: tlsPort, tlsCa } as const;
  for (const [what, fields, up, told] of [
    ['an entry', {}, true, `found "${SUFFIX}"`],
    ['over IPv6', six, true, `found "${SUFFIX}"`],
    ['the root of the server', { request: '/' }, true, 'found ""'],
    ['without login', { request: STAFF }, false, 'noSuchObject (32)'],
    ['with login', { request: STAFF, ...SLAPD_LOGIN }, true, 'found "ou=staff,'],
    [
      'a wrong password',
      { ...SLAPD_LOGIN, passwd: 'lion' },
      false,
      'bind: expected success, got invalidCredentials (49)',
    ],
    [
      'a login that is no name',
      { login: 'scott', passwd: 'tiger' },
      false,
      'bind: expected success, got invalidDNSyntax (34) "invalid DN"',
    ],
    [
      'no such entry',
      { request: `/ou=none,${SUFFIX}` },
      false,
      `search of "ou=none,${SUFFIX}": expected 1 entry, got noSuchObject (32)`,
    ],
    ['no such suffix', { request: '/dc=none' }, false, 'noSuchObject (32)'],
    ['a request that is no name', { request: '/none' }, false, 'invalidDNSyntax (34)'],
    ['a referral', { request: `/ou=elsewhere,${SUFFIX}` }, false, 'got referral (10)'],
    ['an alias', { request: `/cn=alias,${SUFFIX}` }, true, 'found "ou=Köln,'],
    ['receive', { receive: pattern('^dc=ex') }, true, 'found'],
    ['wrong receive', { receive: pattern('^ou=') }, false, 'does not match /^ou=/'],
    ['ldaps', secure, true, `found "${SUFFIX}"`],
    ['ldaps over IPv6', { ...secure, ...six }, true, `found "${SUFFIX}"`],
    ['ldaps, unknown authority', { ...secure, tlsCa: undefined }, false, 'TLS: '],
    [
      'ldaps, tls-verify=no',
      { ...secure, tlsCa: undefined, tlsVerify: false },
      true,
      'found',
    ],
    ['ldaps to the port of ldap', { ...secure, port }, false, /^TLS: /],
    ['ldap to the port of ldaps', { port: tlsPort }, false, /^bind: /],
  ] satisfies [string, Partial<CheckTarget>, boolean, string | RegExp][])
    await t.test(what, async (t) => {
      const target = { service: 'ldap', port, request: `/${SUFFIX}`, ...fields };
      const result = await checkOnce(checkTarget(target));
      t.equal(result.up, up, result.message);
      t.match(result.message, told);
    });
});

t.test(
  'ldirectord finds the same',
  lab('slapd', 'openssl', 'ldirectord', 'perl'),
  async (t) => {
    const { port, tlsPort, tlsCa } = await startSlapd(t);
    const silent = await rawServer(t, () => {});
    const closing = await rawServer(t, (socket) => void socket.end());
    const http = await rawServer(t, (socket) => void socket.end('HTTP/1.1 400 x\r\n'));
    const cases: VerdictCase[] = [];
    function add(
      name: string,
      fields: Partial<CheckTarget>,
      listed: Partial<VerdictCase> = {},
    ) {
      const all = { service: 'ldap', port, request: `/${SUFFIX}`, ...fields };
      cases.push({ name, fields: all, ...listed });
    }
    const ldaps = { service: 'ldaps', port: tlsPort };
    add('an entry', {});
    add('the root of the server', { request: '/' });
    add('without login', { request: STAFF });
    add('with login', { request: STAFF, ...SLAPD_LOGIN });
    add('login alone', { request: STAFF, login: SLAPD_LOGIN.login });
    add('login alone, an entry for all', { login: SLAPD_LOGIN.login });
    add('a wrong password', { ...SLAPD_LOGIN, passwd: 'lion' });
    add('a login that is no name', { login: 'scott', passwd: 'tiger' });
    add('no such entry', { request: `/ou=none,${SUFFIX}` });
    add('a request that is no name', { request: '/none' });
    add('a referral', { request: `/ou=elsewhere,${SUFFIX}` });
    add('an alias', { request: `/cn=alias,${SUFFIX}`, receive: pattern('^cn=') });
    add('its entry', { request: `/cn=alias,${SUFFIX}`, receive: pattern('^ou=') });
    add('bytes', { request: `/ou=Köln,${SUFFIX}`, receive: pattern('K..ln') });
    add('characters', { request: `/ou=Köln,${SUFFIX}`, receive: pattern('K.ln') });
    add('receive', { receive: pattern('^dc=ex') });
    add('wrong receive', { receive: pattern('^ou=') });
    add('case counts', { receive: pattern('^DC=') });
    add('over IPv6', { family: 'inet6', address: '::1' });
    add('nobody listens', { port: 1 });
    add('silence', { port: silent.port });
    add('an end', { port: closing.port });
    add('http', { port: http.port });
    add('ldaps', ldaps);
    add('ldaps, a wrong password', { ...ldaps, ...SLAPD_LOGIN, passwd: 'lion' });
    add('ldaps to the port of ldap', { ...ldaps, port });
    add('ldap to the port of ldaps', { port: tlsPort });
    add('ldaps, silence', { ...ldaps, port: silent.port });
    await compareVerdicts(t, 'ldap', cases, { authority: tlsCa });
    await compareVerdicts(t, 'ldaps without the authority', [
      {
        name: 'an entry',
        fields: { ...ldaps, request: `/${SUFFIX}` },
        differs: { real: true, why: 'any certificate would do there' },
      },
      {
        name: 'tls-verify=no',
        fields: { ...ldaps, request: `/${SUFFIX}`, tlsVerify: false },
      },
      { name: 'no such entry', fields: { ...ldaps, request: '/dc=none' } },
    ]);
  },
);
