import type { RecoveredServer } from '../model/engine.ts';
import {
  type Fallback,
  fallbackId,
  type RealServer,
  type VirtualService,
} from '../model/virtual-service.ts';
import type { PoolChange } from './change.ts';
import { realChanges } from './compare.ts';
import { conclude } from './conclude.ts';
import { weightInForce } from './entry.ts';
import { upState } from './judge.ts';
import {
  type Checking,
  countsAsUp,
  type Pool,
  type PoolStep,
  type RealServerState,
} from './pool.ts';

/** Start and reload: the pool as the configuration now wants it. A server that was in the service
 *  (same id) keeps its state, its count of failures and its last report; one that was up stays
 *  up, one that was down stays down. Of two real servers with one id the first counts.
 *  @param before  undefined: a new service
 *  @param now     wall clock, milliseconds since 1970
 *  @param found   what an earlier run left in force of a new service: it stays as it is until the
 *    first reports, the fallback until the service has settled; what the configuration does not
 *    know goes at once */
export function configure(
  before: Pool | undefined,
  service: VirtualService,
  checking: Checking,
  now: number,
  found: readonly RecoveredServer[] = [],
): PoolStep {
  const weights = new Map(found.map(({ id, weight }) => [id, weight]));
  const reals: RealServerState[] = [];
  const index = new Map<string, number>();
  const changes: PoolChange[] = [];
  for (const real of service.reals) {
    if (index.has(real.id)) continue;
    const known = stateOf(before, real.id);
    const state = known
      ? carryOver(known, real, checking, now)
      : fresh(real, checking, now, weights.get(real.id));
    index.set(real.id, reals.length);
    reals.push(state);
    const seen = before && known && { service: before.service, state: known };
    changes.push(...realChanges(seen, { service, state }, undefined));
  }
  const left = service.fallback && leftBehind(service.fallback, weights);
  const gone = before
    ? purged(before, index)
    : found.filter(({ id }) => !index.has(id) && !(left && id === fallbackId(left)));
  const told = [...gone.map(purgedChange), ...changes];
  return conclude(before, { service, reals, index, left }, told, now);
}

function leftBehind(
  fallback: Fallback,
  weights: ReadonlyMap<string, number>,
): Fallback | undefined {
  return weights.has(fallbackId(fallback)) ? fallback : undefined;
}

function stateOf(pool: Pool | undefined, id: string): RealServerState | undefined {
  const row = pool?.index.get(id);
  return row === undefined ? undefined : pool?.reals[row];
}

function fresh(
  real: RealServer,
  checking: Checking,
  now: number,
  found: number | undefined,
): RealServerState {
  const known: RealServerState = {
    ...{ real, state: 'starting', since: now },
    ...{ failures: 0, report: undefined, found },
  };
  return { ...known, state: stateUnder(checking, known) };
}

function carryOver(
  known: RealServerState,
  real: RealServer,
  checking: Checking,
  now: number,
): RealServerState {
  const state = stateUnder(checking, { ...known, real });
  return { ...known, real, state, since: state === known.state ? known.since : now };
}

function stateUnder(
  checking: Checking,
  known: RealServerState,
): RealServerState['state'] {
  const { state } = known;
  if (checking === 'missing') return 'unchecked';
  if (countsAsUp(state)) return upState(known);
  // Nothing would ever lead out of these two; but what has traffic is frozen with it.
  if (checking === 'off' && (state === 'starting' || state === 'maintenance'))
    return known.found ? upState(known) : 'unchecked';
  return state;
}

/** Servers that were in the table, and are not in the service any more. */
function purged(
  before: Pool,
  index: ReadonlyMap<string, number>,
): readonly { readonly id: string }[] {
  return before.reals
    .filter(({ real }) => !index.has(real.id))
    .filter((known) => weightInForce(before.service, known) !== undefined)
    .map(({ real }) => real);
}

function purgedChange({ id }: { readonly id: string }): PoolChange {
  const server = id.replace(/^fallback:/, '');
  const fallback = server !== id;
  return { type: 'purged', server, fallback, weight: 0, report: undefined };
}
