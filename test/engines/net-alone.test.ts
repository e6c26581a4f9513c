import t from 'tap';
import { netAlone } from '../../lib/engines/net-alone.ts';
import { refusal } from '../../lib/engines/nftables/refusal.ts';
import type { ServiceOptions } from '../../lib/model/virtual-service.ts';
import { aService, OPTIONS } from '../support/config.ts';

const CASES: readonly (readonly [Partial<ServiceOptions>, string])[] = [
  [{ sendProxy: 'v2' }, 'send-proxy'],
  [{ acceptProxy: ['10.0.0.0/8'] }, 'accept-proxy'],
  [{ acceptProxy: ['10.0.0.0/8'], sendProxy: 'v1' }, 'send-proxy, accept-proxy'],
];

t.test('a kernel carries no service that asks for what only we can do', (t) => {
  for (const [fields, keys] of CASES) {
    const service = aService({ options: { ...OPTIONS, ...fields } });
    const words = `${keys}: only a process that holds the connection can do that; set engine = net`;
    t.equal(netAlone(service), words);
    t.equal(refusal(service), words);
  }
  t.equal(netAlone(aService()), undefined);
  const checked = aService({ options: { ...OPTIONS, checkProxy: 'v2' } });
  t.equal(netAlone(checked), undefined, 'a check is nothing to an engine');
  t.end();
});
