import type { RealServer, VirtualService } from '../model/virtual-service.ts';
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
 *  @param now     wall clock, milliseconds since 1970 */
export function configure(
  before: Pool | undefined,
  service: VirtualService,
  checking: Checking,
  now: number,
): PoolStep {
  const reals: RealServerState[] = [];
  const index = new Map<string, number>();
  const changes: PoolChange[] = [];
  for (const real of service.reals) {
    if (index.has(real.id)) continue;
    const known = stateOf(before, real.id);
    const state = known
      ? carryOver(known, real, checking, now)
      : fresh(real, checking, now);
    index.set(real.id, reals.length);
    reals.push(state);
    const seen = before && known && { service: before.service, state: known };
    changes.push(...realChanges(seen, { service, state }, undefined));
  }
  const gone = before ? purged(before, index) : [];
  return conclude(before, { service, reals, index }, [...gone, ...changes], now);
}

function stateOf(pool: Pool | undefined, id: string): RealServerState | undefined {
  const row = pool?.index.get(id);
  return row === undefined ? undefined : pool?.reals[row];
}

function fresh(real: RealServer, checking: Checking, now: number): RealServerState {
  const state = checking === 'checked' ? 'starting' : 'unchecked';
  return { real, state, since: now, failures: 0, report: undefined };
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
  // Nothing would ever lead out of these two.
  if (checking === 'off' && (state === 'starting' || state === 'maintenance'))
    return 'unchecked';
  return state;
}

function purged(
  before: Pool,
  index: ReadonlyMap<string, number>,
): readonly PoolChange[] {
  return before.reals
    .filter((known) => !index.has(known.real.id))
    .filter((known) => weightInForce(before.service, known) !== undefined)
    .map(({ real }) => ({
      type: 'purged',
      server: real.id,
      fallback: false,
      weight: 0,
      report: undefined,
    }));
}
