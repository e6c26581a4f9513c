import t from 'tap';
import { refusal as ipvs } from '../../lib/engines/ipvs/refusal.ts';
import { netAlone } from '../../lib/engines/net-alone.ts';
import { refusal as nftables } from '../../lib/engines/nftables/refusal.ts';
import type { ServiceOptions } from '../../lib/model/virtual-service.ts';
import { aReal, aService, OPTIONS } from '../support/config.ts';

const CASES: readonly (readonly [Partial<ServiceOptions>, string])[] = [
  [{ sendProxy: 'v2' }, 'send-proxy'],
  [{ acceptProxy: ['10.0.0.0/8'] }, 'accept-proxy'],
  [{ acceptProxy: ['10.0.0.0/8'], sendProxy: 'v1' }, 'send-proxy, accept-proxy'],
  [{ sni: [{ name: 'a.example', service: 'tcp:10.1.1.19:81' }] }, 'sni'],
  [{ allow: ['10.0.0.0/8'] }, 'allow'],
  [{ deny: ['10.0.0.0/8'] }, 'deny'],
  [{ sourceConnections: 1 }, 'source-connections'],
  [{ sourceRate: { connections: 1, windowMs: 1000 } }, 'source-rate'],
  [{ serviceConnections: 1 }, 'service-connections'],
  [{ queue: 1 }, 'queue'],
  [{ maxAgeMs: 1000 }, 'max-age'],
  [{ rebalance: 20 }, 'rebalance'],
  [{ passive: { connections: 5, windowMs: 30_000 } }, 'passive'],
  [{ source: ['10.0.0.5'] }, 'source'],
  [{ keepaliveMs: 30_000 }, 'keepalive'],
];

const asking = (options: Partial<ServiceOptions>, quiescent = true) =>
  aService({
    quiescent,
    reals: [aReal('10.0.0.2:80')],
    options: { ...OPTIONS, ...options },
  });

t.test('a kernel carries no service that asks for what only we can do', async (t) => {
  for (const [fields, keys] of CASES) {
    const service = asking(fields);
    const words = `${keys}: only a process that holds the connection can do that; set engine = net`;
    t.equal(netAlone(service), words);
    for (const refusal of [ipvs, nftables]) t.equal(refusal(service), words);
  }
  t.equal(netAlone(aService()), undefined);
  t.equal(
    netAlone(asking({ checkProxy: 'v2' })),
    undefined,
    'a check is nothing to an engine',
  );
  const none = 'a kernel that forwards asks nobody anyhow';
  t.equal(netAlone(asking({ keepaliveMs: Infinity })), undefined, none);
});

t.test('IPVS refuses ends that it cannot make, with the mend', async (t) => {
  t.match(ipvs(asking({ onDown: 'kill' })), 'on-down = kill: IPVS has no command');
  t.match(
    ipvs(asking({ onDown: 'keep' }, false)),
    'on-down = keep: IPVS passes nothing',
  );
  t.match(
    ipvs(asking({ drainDeadlineMs: 600_000 })),
    'drain-deadline: IPVS has no command that ends a connection; set engine = nftables or net',
  );
  t.equal(nftables(asking({ drainDeadlineMs: 600_000 })), undefined);
  for (const service of [
    asking({}),
    asking({ onDown: 'keep' }),
    asking({ onDown: 'kill' }, false),
  ])
    t.equal(ipvs(service), undefined);
  t.equal(nftables(asking({ onDown: 'kill' })), undefined);
});
