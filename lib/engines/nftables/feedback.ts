import { sum } from './picking/apportion.ts';

/** A server's weight and its connections, as the kernel or the forecast counts them. */
export interface Busy {
  readonly weight: number;
  readonly activeConnections: number;
  readonly inactiveConnections: number;
}

/** What a scheduler compares: the lowest is picked. */
export interface Load {
  of(server: Busy): number;
  /** Its share of the connections counts by weight. */
  readonly weighted: boolean;
}

/** The schedulers that pick the lowest of something. Source: ipvsadm(8); net/netfilter/ipvs. */
export const LOADS = {
  lc: { of: load, weighted: false },
  wlc: { of: (server) => load(server) / server.weight, weighted: true },
  sed: { of: delay, weighted: true },
  nq: {
    of: (server) => (server.activeConnections === 0 ? 0 : delay(server)),
    weighted: true,
  },
} as const satisfies Record<string, Load>;

/** A server may get this many times the odds of its fair share, and a handful more. */
const EAGERNESS = 4;
const HANDFUL = 4;

/** The next picks, in order, as the scheduler would make them from these counts if no connection
 *  ended meanwhile; a tie goes to the first. What levels the counts stands in front and comes
 *  once, then it is each in turn: so long as no more connections come than picks were foreseen, a
 *  deficit is made up once and never overshot, however stale the counts are.
 *  A server that has much less than the others, as a new one has, gets no more than its due at any
 *  point of the list: {@link HANDFUL}, and beyond these 4 times the odds of its fair share
 *  (4 / 5 of all with 2 servers, 4 / 13 with 10), where the kernel would send it everything.
 *  Empty when no weight is above 0. Takes picks x servers steps.
 *  @param count  picks to foresee; at least one a server is */
export function foreseen(
  { of, weighted }: Load,
  servers: readonly Busy[],
  count: number,
): readonly number[] {
  const runners = servers.flatMap((server, index) =>
    server.weight > 0
      ? [{ ...server, index, picks: 0, load: of(server), most: 1 }]
      : [],
  );
  if (runners.length === 0) return [];
  const dues = runners.map(({ weight }) => (weighted ? weight : 1));
  const total = sum(dues);
  for (const [at, runner] of runners.entries())
    runner.most = eager((dues[at] ?? 0) / total);
  return Array.from({ length: Math.max(count, runners.length) }, (_, pick) => {
    const next = lowest(runners, pick);
    next.picks++;
    next.activeConnections++;
    next.load = of(next);
    return next.index;
  });
}

interface Runner {
  readonly index: number;
  readonly picks: number;
  readonly load: number;
  /** The largest part of the picks that it may have. */
  readonly most: number;
}

/** There always is one: all together may have more than the picks so far. */
function lowest<T extends Runner>(runners: readonly T[], pick: number): T {
  let best: T | undefined;
  for (const runner of runners) {
    if (runner.picks >= HANDFUL + runner.most * pick) continue;
    if (best === undefined || runner.load < best.load) best = runner;
  }
  if (best === undefined) throw new RangeError('nothing to pick from');
  return best;
}

function eager(share: number): number {
  return (EAGERNESS * share) / (1 + (EAGERNESS - 1) * share);
}

/** The kernel's overhead. Source: net/netfilter/ipvs. */
export function load({ activeConnections, inactiveConnections }: Busy): number {
  return 256 * activeConnections + inactiveConnections;
}

function delay({ activeConnections, weight }: Busy): number {
  return (activeConnections + 1) / weight;
}
