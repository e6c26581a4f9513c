import t, { type Test } from 'tap';
import { startNamed } from '../../lab/servers/named.ts';
import { checkOnce, checkTarget, pattern } from '../../support/check-target.ts';
import { lab } from '../../support/lab.ts';

const MANY = Array.from({ length: 60 }, (_, index) => `many A 192.0.2.${index + 1}`);

/** A bind9 that knows names, and what addresses are called. */
async function start(t: Test) {
  return await startNamed(t, [
    {
      name: 'lab.test',
      records: [
        'ns A 192.0.2.53',
        'www A 192.0.2.80',
        'www AAAA 2001:db8::80',
        'six AAAA 2001:db8:0:0:1:0:0:80',
        'alias CNAME www',
        'text TXT "192.0.2.80"',
        ...MANY,
      ],
    },
    { name: '2.0.192.in-addr.arpa', records: ['80 PTR www.lab.test.'] },
    {
      name: '8.b.d.0.1.0.0.2.ip6.arpa',
      records: [`0.8.${'0.'.repeat(21)}0 PTR www.lab.test.`],
    },
  ]);
}

t.test("Debian's bind9 answers", lab('named', 'root'), async (t) => {
  const port = await start(t);
  const www = pattern('^192\\.0\\.2\\.80$');
  const name = pattern('^www\\.lab\\.test$');
  for (const [what, request, receive, up, message] of [
    ['an address', '/www.lab.test', www, true, 'www.lab.test: 192.0.2.80'],
    ['an alias', '/alias.lab.test', www, true, 'alias.lab.test: 192.0.2.80'],
    ['capitals', '/WWW.LAB.TEST', www, true, '192.0.2.80'],
    ['an IPv6 address', '/six.lab.test', pattern('^2001:db8::1:0:0:80$'), true, '::1:'],
    ['a name by IPv4', '/192.0.2.80', name, true, ': www.lab.test'],
    ['a name by IPv6', '/2001:db8::80', name, true, ': www.lab.test'],
    ['a long answer', '/many.lab.test', pattern('^192\\.0\\.2\\.60$'), true, '2.60'],
    ['another address', '/ns.lab.test', www, false, '192.0.2.53 does not match'],
    ['no such name', '/none.lab.test', www, false, 'got NXDOMAIN'],
    ['no such address', '/192.0.2.81', name, false, 'got NXDOMAIN'],
    ['a name of no address', '/text.lab.test', www, false, 'an address, got none'],
    ['a foreign zone', '/www.example.com', www, false, 'got REFUSED'],
  ] as const)
    for (const protocol of ['udp', 'tcp', 'fwm'] as const)
      await t.test(`${what}, ${protocol}`, async (t) => {
        for (const address of ['127.0.0.1', '::1']) {
          const fields = { address, port, protocol, request, receive };
          const result = await checkOnce(checkTarget({ service: 'dns', ...fields }));
          t.equal(result.up, up, result.message);
          t.match(result.message, message);
        }
      });
});
