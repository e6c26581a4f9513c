import t from 'tap';
import { refusal as ipvs } from '../../lib/engines/ipvs/refusal.ts';
import { refusal as nftables } from '../../lib/engines/nftables/refusal.ts';
import type { ServiceOptions } from '../../lib/model/virtual-service.ts';
import { aReal, aService, OPTIONS } from '../support/config.ts';

const asking = (options: Partial<ServiceOptions>, quiescent = true) =>
  aService({
    quiescent,
    reals: [aReal('10.0.0.2:80')],
    options: { ...OPTIONS, ...options },
  });

t.test('IPVS refuses ends that it cannot make, with the mend', async (t) => {
  t.match(ipvs(asking({ onDown: 'kill' })), 'on-down = kill: IPVS has no command');
  t.match(
    ipvs(asking({ onDown: 'keep' }, false)),
    'on-down = keep: IPVS passes nothing',
  );
  for (const service of [
    asking({}),
    asking({ onDown: 'keep' }),
    asking({ onDown: 'kill' }, false),
  ])
    t.equal(ipvs(service), undefined);
  t.equal(nftables(asking({ onDown: 'kill' })), undefined);
});

t.test('kernel engines refuse what takes the connection in hand', async (t) => {
  const asked = [
    ['max-age', { maxAgeMs: 1000 }],
    ['rebalance', { rebalance: 20 }],
    ['source', { source: ['10.0.0.5'] }],
  ] as const;
  for (const [key, options] of asked)
    for (const refusal of [ipvs, nftables])
      t.equal(
        refusal(asking(options)),
        `${key}: only a process that holds the connection can do that; set engine = net`,
      );
});
