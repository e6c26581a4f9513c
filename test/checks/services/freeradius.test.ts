import t from 'tap';
import type { CheckTarget } from '../../../lib/model/check.ts';
import {
  RADIUS_LOGIN,
  RADIUS_LONG_PASSWD,
  startFreeradius,
} from '../../lab/servers/freeradius.ts';
import { checkOnce, checkTarget } from '../../support/check-target.ts';
import { compareVerdicts, type VerdictCase } from '../../support/compare-verdicts.ts';
import { lab } from '../../support/lab.ts';
import { rawUdpServer } from '../../support/raw-udp-server.ts';

const six = { family: 'inet6', address: '::1' } as const;
const RADIUS = { service: 'radius', protocol: 'udp', ...RADIUS_LOGIN } as const;

t.test("Debian's FreeRADIUS", lab('freeradius'), async (t) => {
  const { port, signedPort } = await startFreeradius(t);
  for (const [what, fields, up, told] of [
    ['a good login', {}, true, /^Access-Accept$/],
    ['a long password', { login: 'long', passwd: RADIUS_LONG_PASSWD }, true, 'Accept'],
    [
      'a wrong password',
      { passwd: 'lion' },
      false,
      /^Access-Reject: expected Access-A/,
    ],
    ['no password', { passwd: '' }, false, 'Access-Reject'],
    ['another login', { login: 'nobody' }, false, 'Access-Reject'],
    [
      'a login that is locked',
      { login: 'scott-2' },
      false,
      'Access-Reject "Your account is locked.": expected Access-Accept',
    ],
    [
      'a wrong secret',
      { secret: 'another-word', checktimeoutMs: 1500 },
      false,
      'no answer within 1.5 s (checktimeout); a RADIUS server is silent to',
    ],
    ['over IPv6', six, true, /^Access-Accept$/],
    ['where requests have to be signed', { port: signedPort }, true, 'Access-Accept'],
    ['and over IPv6', { ...six, port: signedPort }, true, 'Access-Accept'],
  ] satisfies [string, Partial<CheckTarget>, boolean, string | RegExp][])
    await t.test(what, async (t) => {
      const result = await checkOnce(checkTarget({ ...RADIUS, port, ...fields }));
      t.equal(result.up, up, result.message);
      t.match(result.message, told);
    });
});

t.test(
  'ldirectord finds the same',
  lab('freeradius', 'ldirectord', 'perl'),
  async (t) => {
    const { port, signedPort } = await startFreeradius(t);
    const silent = await rawUdpServer(t, () => {});
    const rubbish = await rawUdpServer(t, (_, reply) => reply('SSH-2.0-x\r\n'));
    const echo = await rawUdpServer(t, (request, reply) => reply(request));
    const cases: VerdictCase[] = [];
    function add(
      name: string,
      fields: Partial<CheckTarget>,
      listed: Partial<VerdictCase> = {},
    ) {
      cases.push({ name, fields: { ...RADIUS, port, ...fields }, ...listed });
    }
    add('a good login', {});
    add('a long password', { login: 'long', passwd: RADIUS_LONG_PASSWD });
    add('a wrong password', { passwd: 'lion' });
    add('no password', { passwd: '' });
    add('another login', { login: 'nobody' });
    add('no login', { login: '' });
    add('a login that is locked', { login: 'scott-2' });
    add('a wrong secret', { secret: 'another-word' });
    add('no secret', { secret: '' });
    add('nobody listens', { port: 1 });
    add('silence', { port: silent.port });
    add('another protocol', { port: rubbish.port });
    add('an echo', { port: echo.port });
    add(
      'where requests have to be signed',
      { port: signedPort },
      { differs: { real: false, why: 'ldirectord does not sign' } },
    );
    const why = 'it dies: its module cuts an IPv6 address at the first colon';
    add('over IPv6', six, { onlyHere: { up: true, why } });
    await compareVerdicts(t, 'radius', cases);
  },
);
