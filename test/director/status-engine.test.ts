import t from 'tap';
import type { Carriage } from '../../lib/director/carriage.ts';
import { Certificates } from '../../lib/director/certificates.ts';
import { CheckHistory } from '../../lib/director/check-history.ts';
import { DownTimes } from '../../lib/director/down-times.ts';
import { serviceStatus } from '../../lib/director/status.ts';
import type { ServiceStatus } from '../../lib/model/status.ts';
import { aReal, aService } from '../support/config.ts';
import { silent } from '../support/control.ts';
import { play } from '../support/pool-script.ts';
import { good, NOON } from '../support/reports.ts';

const A = '10.1.1.21:80';
const service = aService({ reals: [aReal(A)] });

function status(fields: Partial<Carriage>): ServiceStatus {
  const { pool } = play(service, [[A, good()]]);
  const carriage: Carriage = {
    ...{ engine: 'net', reason: 'engine = net', refusal: undefined },
    ...{ outcome: undefined, ...fields },
  };
  const view = { pool, carriage, carried: pool.entry.servers, ready: true };
  const unseen = {
    history: new CheckHistory(),
    downTimes: new DownTimes(),
    certificates: new Certificates(silent),
    agents: { of: () => null },
    passive: { ejections: () => 0 },
  };
  return serviceStatus({ ...unseen, ...view }, undefined, { now: NOON, checks: 0 });
}

const CARRIED = { id: service.id, state: 'carried' } as const;
const BROKEN = {
  id: service.id,
  state: 'failed',
  problem: 'ip_forward is off',
} as const;
const NET = { engine: 'net', outcome: CARRIED } as const;
const WANTED = { engine: 'nftables', reason: 'engine = nftables' } as const;

/** How a service is carried, and what the status says of it while its server is up. */
const CARRIAGES: readonly (readonly [
  what: string,
  carriage: Partial<Carriage>,
  says: Partial<ServiceStatus>,
])[] = [
  [
    'an engine, and why that one',
    { engine: 'nftables', reason: 'auto: snat is on', outcome: CARRIED },
    {
      engine: 'nftables',
      engineReason: 'auto: snat is on',
      state: 'up',
      problem: null,
    },
  ],
  [
    'an engine that fails',
    { ...WANTED, outcome: BROKEN },
    { engine: 'nftables', state: 'failed', problem: 'ip_forward is off' },
  ],
  [
    'on its way: what carries it now',
    { ...WANTED, leaving: NET },
    {
      engine: 'net',
      engineReason: 'on its way to nftables (engine = nftables)',
      state: 'up',
      problem: null,
    },
  ],
  [
    'on its way to one that fails: all is well but the move',
    { ...WANTED, outcome: BROKEN, leaving: NET },
    {
      engine: 'net',
      state: 'up',
      problem: 'ip_forward is off; until then net carries it',
    },
  ],
  [
    'on its way to one that refuses it',
    { ...WANTED, refusal: 'no nft', leaving: NET },
    { engine: 'net', state: 'up', problem: 'no nft; until then net carries it' },
  ],
  [
    'on its way, and failed where it is too',
    { ...WANTED, outcome: BROKEN, leaving: { ...NET, outcome: BROKEN } },
    { engine: 'net', state: 'failed' },
  ],
];

for (const [what, carriage, says] of CARRIAGES)
  t.test(what, async (t) => {
    t.match(status(carriage), says);
  });
