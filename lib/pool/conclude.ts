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
import { countsAsUp, isKept, type Pool, type PoolStep } from './pool.ts';
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
  next: Pick<Pool, 'service' | 'reals' | 'index'> & {
    readonly left?: Fallback | undefined;
  },
  changes: readonly PoolChange[],
  now: number,
): PoolStep {
  const { service, index } = next;
  const reals = warmedUp(before, next);
  const warming = reals.some(isWarming);
  const panic = reals.some(isKept);
  const up = panic || reals.some(({ state }) => countsAsUp(state));
  const settled =
    before?.settled || up || reals.every(({ state }) => state !== 'starting');
  const fallbackActive = settled && !up;
  const was = before?.fallbackInForce ? before.service.fallback : next.left;
  const fallbackInForce = settled ? !up : was !== undefined;
  const flipped = fallbackActive !== (before?.fallbackActive ?? false);
  const fallbackSince = before && !flipped ? before.fallbackSince : now;
  const servers = tableServers({ service, reals, warming }, fallbackInForce);
  const carried = warming ? warmService(service) : service;
  const entry = tableEntry(before?.entry, carried, servers);
  const pool: Pool = {
    service,
    reals,
    index,
    settled,
    up,
    fallbackActive,
    fallbackInForce,
    fallbackSince,
    panic,
    warming,
    entry,
  };
  return {
    pool,
    changes: [
      ...changes,
      ...panicChanges(before, pool),
      ...(warming || before?.warming ? warmChanges(before, pool) : []),
      ...fallbackChanges(was, fallbackInForce ? service.fallback : undefined),
      ...availability(before, pool),
    ],
  };
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
