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
    const problem = leadsBack({ address, port: 80 }, serverAt(real, port));
    t.equal(problem !== undefined, back);
  });

t.test('the mend depends on the forwarding method', async (t) => {
  const service = { address: '10.1.1.19', port: 80 };
  const why = (method: 'gate' | 'masq') =>
    leadsBack(service, serverAt('10.1.1.19', 80, { method }));
  t.match(why('gate'), /gate keeps the service's port: write masq/);
  t.match(why('masq'), /give the server another address or port/);
});
