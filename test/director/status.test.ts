import t from 'tap';
import type { Carriage } from '../../lib/director/carriage.ts';
import { Certificates } from '../../lib/director/certificates.ts';
import { CheckHistory } from '../../lib/director/check-history.ts';
import { DownTimes } from '../../lib/director/down-times.ts';
import { serviceStatus } from '../../lib/director/status.ts';
import type { ServiceStats } from '../../lib/model/engine.ts';
import type { VirtualService } from '../../lib/model/virtual-service.ts';
import { aFallback, aReal, aService } from '../support/config.ts';
import { silent } from '../support/control.ts';
import { type Move, play } from '../support/pool-script.ts';
import { bad, good, maintained, NOON } from '../support/reports.ts';

const A = '10.1.1.21:80';
const B = '10.1.1.22:80';
const service = aService({
  reals: [aReal(A, { weight: 3 }), aReal(B, { method: 'gate' })],
  fallback: aFallback('127.0.0.1:80'),
  quiescent: true,
  failurecount: 2,
});

const UNSEEN = {
  history: new CheckHistory(),
  downTimes: new DownTimes(),
  certificates: new Certificates(silent),
  agents: { of: () => null },
  passive: { ejections: () => 0 },
};
const WISH = { now: NOON, checks: 0 };
const ON_NET: Carriage = {
  ...{ engine: 'net', reason: 'engine = net', refusal: undefined },
  outcome: undefined,
};

function status(
  moves: readonly Move[],
  { from = service, ready = true, stats }: Options = {},
) {
  const { pool } = play(from, moves);
  const carriage = ON_NET;
  const carried = pool.entry?.servers ?? [];
  return serviceStatus({ ...UNSEEN, pool, carriage, carried, ready }, stats, WISH);
}
interface Options {
  readonly from?: VirtualService;
  readonly ready?: boolean;
  readonly stats?: ServiceStats;
}

t.test('a service at work, with its numbers', async (t) => {
  const numbers = {
    activeConnections: 1,
    inactiveConnections: 2,
    totalConnections: 3,
    bytesIn: 4,
    bytesOut: 5,
    connectFailures: 6,
  };
  const stats: ServiceStats = {
    id: service.id,
    servers: [
      { id: 'gone:80', ...numbers },
      { id: B, ...numbers },
    ],
    acceptedConnections: 7,
    refusedConnections: 8,
    retries: 9,
    proxyHeaderErrors: 0,
    retiredConnections: 11,
    sniUnmatched: 4,
    sniErrors: 5,
    persistenceEntries: 10,
    limits: { denied: 11, limited: 12, queued: 1, mostQueued: 2, queueTimeouts: 3 },
  };
  const zero = Object.fromEntries(Object.keys(numbers).map((name) => [name, 0]));
  const since = new Date(NOON).toISOString();
  const report = { at: since, durationMs: 3.2 };
  const unknown = { made: null, certificate: null };
  const check = {
    type: 'connect',
    service: 'http',
    ...report,
    ...unknown,
    ...{ failures: 0, successes: 0, rise: 1 },
    totals: { up: 0, down: 0, seconds: 0 },
  };
  const neverDown = { downs: 0, downSeconds: 0, ejections: 0 };
  const refused = 'connect ECONNREFUSED 10.1.1.21:80';
  const moves: Move[] = [
    [A, good()],
    [B, bad()],
  ];
  t.strictSame(status(moves, { stats }), {
    id: 'tcp:10.1.1.19:80',
    address: '10.1.1.19',
    port: 80,
    fwmark: null,
    protocol: 'tcp',
    scheduler: 'wrr',
    engine: 'net',
    engineReason: 'engine = net',
    state: 'up',
    problem: null,
    fallbackActive: false,
    persistent: null,
    netmask: null,
    drainDeadlineSeconds: null,
    acceptedConnections: 7,
    refusedConnections: 8,
    retries: 9,
    proxyHeaderErrors: 0,
    retiredConnections: 11,
    sniUnmatched: 4,
    sniErrors: 5,
    persistenceEntries: 10,
    limits: { denied: 11, limited: 12, queued: 1, mostQueued: 2, queueTimeouts: 3 },
    reals: [
      {
        id: A,
        address: '10.1.1.21',
        port: 80,
        method: 'masq',
        from: null,
        weight: 3,
        configuredWeight: 3,
        inForce: true,
        state: 'up',
        warming: null,
        override: null,
        agent: null,
        since,
        ...zero,
        ...neverDown,
        fallback: false,
        role: 'real',
        check: { ...check, up: true, message: '200 OK' },
      },
      {
        id: B,
        address: '10.1.1.22',
        port: 80,
        method: 'gate',
        from: null,
        weight: 0,
        configuredWeight: 1,
        inForce: true,
        state: 'down',
        warming: null,
        override: null,
        agent: null,
        since,
        ...numbers,
        ...neverDown,
        fallback: false,
        role: 'real',
        check: { ...check, up: false, message: refused },
      },
      {
        id: 'fallback:127.0.0.1:80',
        address: '127.0.0.1',
        port: 80,
        method: 'masq',
        from: null,
        weight: 0,
        configuredWeight: 1,
        inForce: false,
        state: 'down',
        warming: null,
        override: null,
        agent: null,
        since,
        ...zero,
        ...neverDown,
        fallback: true,
        role: 'fallback',
        check: null,
      },
    ],
  });
});

const STATES: readonly (readonly [string, ReturnType<typeof status>])[] = [
  ['starting', status([], { ready: false })],
  ['starting', status([[A, good()]], { ready: false })],
  ['up', status([[A, good()]])],
  [
    'fallback',
    status([
      [A, bad()],
      [B, bad()],
    ]),
  ],
  [
    'down',
    status(
      [
        [A, bad()],
        [B, bad()],
      ],
      { from: { ...service, fallback: undefined } },
    ),
  ],
];

t.test('the state of a service follows its servers', async (t) => {
  for (const [state, is] of STATES) t.equal(is.state, state);
  t.strictSame(
    STATES.map(([, { fallbackActive }]) => fallbackActive),
    [false, false, false, true, false],
    'without a fallback none is active',
  );
});

t.test('a server says since when it is what it is', async (t) => {
  const moves: Move[] = [
    [A, good(NOON + 1000)],
    [A, bad(NOON + 2000)],
    [A, bad(NOON + 3000)],
    [B, maintained(NOON + 4000)],
  ];
  const [a, b, fallback] = status(moves).reals;
  t.match(a, { state: 'down', since: new Date(NOON + 3000).toISOString() });
  t.match(a?.check, { failures: 2, at: new Date(NOON + 3000).toISOString() });
  t.match(b, { state: 'maintenance', check: { message: 'Server in maintenance' } });
  t.match(fallback, { state: 'up', weight: 1, inForce: true });
  t.equal(fallback?.since, new Date(NOON + 3000).toISOString());
});

t.test('a service whose servers all drain is down, and says why', async (t) => {
  const from = { ...service, reals: [aReal(A, { weight: 0 })] };
  const { state, problem, fallbackActive, reals } = status([[A, good()]], { from });
  t.match({ state, fallbackActive }, { state: 'down', fallbackActive: false });
  t.match(problem, /weight 0/);
  t.match(reals[0], { state: 'drain', weight: 0, inForce: true });
});

t.test('a firewall mark has no address, a combined check is its number', async (t) => {
  const from = aService({
    address: undefined,
    port: undefined,
    fwmark: 5,
    protocol: 'fwm',
    checktype: 3,
    reals: [aReal(A)],
  });
  t.match(status([[A, good()]], { from }), {
    id: 'fwm:5',
    address: null,
    port: null,
    fwmark: 5,
    reals: [{ check: { type: '3' } }],
  });
});

t.test(
  'weights are those that the engine has, not those that the pool wants',
  async (t) => {
    const { pool } = play(service, [[A, good()]]);
    const carriage = ON_NET;
    const before = serviceStatus(
      { ...UNSEEN, pool, carriage, carried: [], ready: true },
      undefined,
      WISH,
    );
    t.match(before.reals[0], { state: 'up', weight: 0, inForce: false });
  },
);
