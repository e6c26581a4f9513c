import t from 'tap';
import { startKamailio } from '../../lab/servers/kamailio.ts';
import { checkOnce, checkTarget } from '../../support/check-target.ts';
import { lab } from '../../support/lab.ts';

t.test("Debian's kamailio answers OPTIONS", lab('kamailio', 'root'), async (t) => {
  const port = await startKamailio(t);
  for (const [what, login, up, message] of [
    ['a login', 'ldirectord@lab.test', true, /^200 OK$/],
    ['no login', '', true, /^200 OK$/],
    ['a login that must be escaped', 'a <b>@lab.test', true, /^200 OK$/],
    ['a provisional answer first', 'slow@lab.test', true, /^200 OK$/],
    [
      'one that is closed',
      'closed@lab.test',
      false,
      /^expected SIP\/2\.0 200, got "503 /,
    ],
    [
      'one that asks for a password',
      'locked@lab.test',
      false,
      /got "401 Unauthorized"$/,
    ],
    ['one that is silent', 'silent@lab.test', false, /no answer within 0\.5 s/],
  ] as const)
    for (const protocol of ['udp', 'tcp', 'fwm'] as const)
      for (const address of ['127.0.0.1', '::1'])
        t.test(`${what}, ${protocol}, ${address}`, async (t) => {
          const limit = message.source.includes('within') ? 500 : 20_000;
          const result = await checkOnce(
            checkTarget({
              ...{ service: 'sip', address, port, protocol, login },
              negotiatetimeoutMs: limit,
            }),
          );
          t.equal(result.up, up, result.message);
          t.match(result.message, message);
        });
});
