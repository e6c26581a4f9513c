import { endpoint } from '../model/address.ts';
import type { ServerEntry, ServiceEntry } from '../model/engine.ts';
import {
  type Fallback,
  fallbackId,
  type VirtualService,
} from '../model/virtual-service.ts';
import type { PoolChange } from './change.ts';
import { fallbackEntry, realEntry, sameEntry } from './entry.ts';
import { panicChanges } from './panic.ts';
import {
  countsAsUp,
  isKept,
  type Pool,
  type PoolStep,
  type RealServerState,
} from './pool.ts';
import { hasReserve, isIn, withFallbacks, withSpares } from './reserve.ts';
import { reserveChanges } from './reserve-changes.ts';
import {
  isWarming,
  warmChanges,
  warmedUp,
  warmService,
  warmWeights,
} from './warming.ts';

/** Draws the consequences for the service as a whole from the states of its real servers:
 *  settled or not, fallback, table.
 *  @param before  undefined: a new service
 *  @param next    with the fallback that an earlier run left in force, where the service is new
 *  @param changes what is known already; those of the service are put behind */
export function conclude(
  before: Pool | undefined,
  next: Next,
  changes: readonly PoolChange[],
  now: number,
): PoolStep {
  const { service, index } = next;
  const state = standing(before, next);
  const { reals, warming, fallbackActive, fallbackInForce } = state;
  const was = before?.fallbackInForce ? before.service.fallback : next.left;
  const flipped = fallbackActive !== (before?.fallbackActive ?? false);
  const fallbackSince = before && !flipped ? before.fallbackSince : now;
  const servers = tableServers({ service, reals, warming }, fallbackInForce);
  const carried = warming ? warmService(service) : service;
  const entry = tableEntry(before?.entry, carried, servers);
  const pool: Pool = { service, index, ...state, fallbackSince, entry };
  return {
    pool,
    changes: [
      ...changes,
      ...panicChanges(before, pool),
      ...(warming || before?.warming ? warmChanges(before, pool) : []),
      ...reserveChanges(before, pool),
      ...fallbackChanges(was, fallbackInForce ? service.fallback : undefined),
      ...availability(before, pool),
    ],
  };
}

type Next = Pick<Pool, 'service' | 'reals' | 'index'> & {
  readonly left?: Fallback | undefined;
};

/** The servers with who of the reserve is in, and how the service is with them. */
function standing(
  before: Pool | undefined,
  next: Next,
): Omit<Pool, 'service' | 'index' | 'fallbackSince' | 'entry'> {
  const { service } = next;
  const own = warmedUp(before, next);
  const isKnown = own.every(({ state }) => state !== 'starting');
  const manned = withSpares({ service, reals: own }, before?.settled || isKnown);
  const warming = manned.some(isWarming);
  const panic = manned.some(isKept);
  const up = panic || manned.some(keepsUp);
  const settled = before?.settled || up || isKnown;
  const fallbackActive = settled && !up;
  const reals = withFallbacks(
    { service, reals: manned },
    settled ? fallbackActive : undefined,
  );
  const isLeft = before ? before.fallbackInForce : next.left !== undefined;
  const isCovered =
    hasReserve(reals) &&
    reals.some(({ real, duty }) => real.role === 'fallback' && isIn({ duty }));
  const fallbackInForce = settled ? !up && !isCovered : isLeft;
  return { reals, warming, panic, up, settled, fallbackActive, fallbackInForce };
}

/** Whether it keeps the fallbacks away. */
function keepsUp(known: RealServerState): boolean {
  const { real, state } = known;
  return real.role === undefined
    ? countsAsUp(state)
    : real.role === 'spare' && isIn(known);
}

function tableServers(
  { service, reals, warming }: Pick<Pool, 'service' | 'reals' | 'warming'>,
  fallbackInForce: boolean,
): readonly ServerEntry[] {
  const servers: ServerEntry[] = [];
  const weights = warming ? warmWeights(service, reals) : undefined;
  for (const real of reals) {
    const entry = realEntry(service, real);
    if (entry) servers.push({ ...entry, ...weights?.get(entry.id) });
  }
  if (fallbackInForce && service.fallback)
    servers.push(fallbackEntry(service, service.fallback));
  return servers;
}

function tableEntry(
  before: ServiceEntry | undefined,
  service: VirtualService,
  servers: readonly ServerEntry[],
): ServiceEntry {
  const same =
    before?.service === service &&
    before.servers.length === servers.length &&
    before.servers.every((was, row) => {
      const is = servers[row];
      return is !== undefined && sameEntry(was, is);
    });
  return same ? before : { service, servers };
}

function fallbackChanges(
  was: Fallback | undefined,
  is: Fallback | undefined,
): readonly PoolChange[] {
  if (was && is && fallbackId(was) === fallbackId(is)) return [];
  const told = { fallback: true, report: undefined } as const;
  const changes: PoolChange[] = [];
  if (was) {
    const server = endpoint(was.address, was.port);
    changes.push({ type: 'deleted', server, weight: 0, ...told });
  }
  if (is) {
    const server = endpoint(is.address, is.port);
    changes.push({ type: 'added', server, weight: 1, ...told });
  }
  return changes;
}

function availability(before: Pool | undefined, after: Pool): readonly PoolChange[] {
  if (!after.settled) return [];
  if (before?.settled && before.up === after.up) return [];
  return [{ type: 'availability', up: after.up }];
}
