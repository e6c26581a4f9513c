import t from 'tap';
import { leadsBack } from '../../../../lib/engines/net/table/leads-back.ts';
import { serverAt } from '../../../support/engine-rig.ts';

const OWN = 'tcp:10.1.1.19:80';

t.test('the mend depends on the forwarding method', async (t) => {
  const why = (method: 'gate' | 'masq') =>
    leadsBack(OWN, serverAt('10.1.1.19', 80, { method }), OWN);
  t.match(
    why('gate'),
    /80 is the virtual service itself, since gate keeps the service's port: write masq and another/,
  );
  t.match(
    why('masq'),
    /is the virtual service itself: give the server another address/,
  );
});

t.test('it says whose clients come back', async (t) => {
  const why = leadsBack(OWN, serverAt('127.0.0.1', 444), 'tcp:0.0.0.0:444');
  t.match(why, /^127\.0\.0\.1:444 is tcp:0\.0\.0\.0:444, whose clients come here: /);
});
