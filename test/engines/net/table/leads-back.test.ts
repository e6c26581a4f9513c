import t from 'tap';
import { leadsBack } from '../../../../lib/engines/net/table/leads-back.ts';
import { serverAt } from '../../../support/engine-rig.ts';

const CASES = [
  ['10.1.1.19', '10.1.1.19', 80, true],
  ['10.1.1.19', '10.1.1.19', 8080, false],
  ['10.1.1.19', '127.0.0.1', 80, false],
  ['0.0.0.0', '127.0.0.1', 80, true],
  ['0.0.0.0', '127.1.2.3', 80, true],
  ['0.0.0.0', '192.0.2.7', 80, false],
  ['2001:db8::1', '2001:db8:0:0::1', 80, true],
  ['::', '127.0.0.1', 80, false],
] as const;

for (const [address, real, port, back] of CASES)
  t.test(`${address}:80 to ${real}:${port}: ${back ? 'back' : 'on'}`, async (t) => {
    const problem = leadsBack({ address, port: 80 }, serverAt(real, port), []);
    t.equal(problem !== undefined, back);
  });

t.test('the mend depends on the forwarding method', async (t) => {
  const service = { address: '10.1.1.19', port: 80 };
  const why = (method: 'gate' | 'masq') =>
    leadsBack(service, serverAt('10.1.1.19', 80, { method }), []);
  t.match(why('gate'), /gate keeps the service's port: write masq/);
  t.match(why('masq'), /give the server another address or port/);
});

t.test('nor may it be one whose clients come to the service', async (t) => {
  const service = { address: '127.0.0.1', port: 8443 };
  const callers = [
    { id: 'tcp:10.1.1.19:443', address: '10.1.1.19', port: 443 },
    { id: 'tcp:0.0.0.0:444', address: '0.0.0.0', port: 444 },
  ];
  const why = (address: string, port: number) =>
    leadsBack(service, serverAt(address, port), callers);
  t.match(
    why('10.1.1.19', 443),
    /443 is tcp:10\.1\.1\.19:443, whose clients come here: /,
  );
  t.match(why('127.0.0.1', 444), /is tcp:0\.0\.0\.0:444, whose clients come here: /);
  t.match(why('127.0.0.1', 8443), /is the virtual service itself/);
  t.equal(why('10.1.1.20', 443), undefined);
});
