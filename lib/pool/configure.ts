import { isByName } from '../model/by-name.ts';
import type { RecoveredServer } from '../model/engine.ts';
import type { OverReason, Override } from '../model/override.ts';
import { same } from '../model/same.ts';
import type { RealState } from '../model/status.ts';
import {
  type Fallback,
  fallbackId,
  type RealServer,
  type ServiceOptions,
  type VirtualService,
} from '../model/virtual-service.ts';
import type { PoolChange } from './change.ts';
import { realChanges } from './compare.ts';
import { conclude } from './conclude.ts';
import { weightInForce } from './entry.ts';
import { heldBack } from './panic.ts';
import {
  type Checking,
  countsAsUp,
  type Pool,
  type PoolStep,
  type RealServerState,
  stateOf,
} from './pool.ts';
import { listed } from './reserve.ts';
import { under, upState, withWeight } from './under.ts';

/** What an earlier run left of a service. */
export interface Earlier {
  /** In force: it stays as it is until the first reports, the fallback until the service has
   *  settled; what the configuration does not know goes at once. */
  readonly found?: readonly RecoveredServer[] | undefined;
  /** What operators had changed of servers that were not in the service, by id. */
  readonly overrides?: ReadonlyMap<string, Override> | undefined;
}

/** Start and reload: the pool as the configuration now wants it. A server that was in the service
 *  (same id) keeps its state, its count of failures and its last report; one that was up stays
 *  up, one that was down stays down. Of two real servers with one id the first counts.
 *  @param before  undefined: a new service
 *  @param now     wall clock, milliseconds since 1970
 *  @param earlier  of a new service, or of servers that come back */
export function configure(
  before: Pool | undefined,
  service: VirtualService,
  checking: Checking,
  now: number,
  { found = [], overrides = new Map() }: Earlier = {},
): PoolStep {
  const weights = new Map(found.map(({ id, weight }) => [id, weight]));
  const states: RealServerState[] = [];
  const index = new Map<string, number>();
  for (const real of service.reals) {
    if (index.has(real.id)) continue;
    const known = stateOf(before, real.id);
    const state = known
      ? carryOver(known, real, checking, now, {
          passive: service.options.passive,
          keepsAgent: isSameAgent(before?.service, service),
        })
      : fresh(real, checking, now, {
          found: weights.get(real.id),
          override: overrides.get(real.id),
        });
    index.set(real.id, states.length);
    states.push(listed(before, state));
  }
  const reals = heldBack(before, { service, reals: states });
  const changes: PoolChange[] = [];
  for (const state of reals) {
    const known = stateOf(before, state.real.id);
    const seen = before && known && { service: before.service, state: known };
    if (known && !state.override) changes.push(...overruled(known, 'changed'));
    changes.push(...realChanges(seen, { service, state }, undefined));
  }
  const departed = departedFrom(before, index);
  // One that has a name may be back in a moment, and is then as an operator left it.
  const isOver = ({ configured }: RealServerState) => !isByName(configured, service);
  changes.push(...departed.filter(isOver).flatMap((known) => overruled(known, 'gone')));
  const left = service.fallback && leftBehind(service.fallback, weights);
  const gone: readonly Gone[] = before
    ? purged(before, departed)
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

function fresh(
  real: RealServer,
  checking: Checking,
  now: number,
  earlier: Pick<RealServerState, 'found' | 'override'>,
): RealServerState {
  const known: RealServerState = {
    ...{ real, configured: real, state: 'starting', own: 'starting', since: now },
    ...{ failures: 0, successes: 0, report: undefined, ...earlier },
  };
  return under(earlier.override, { ...known, own: ownState(checking, known) }, now);
}

function carryOver(
  known: RealServerState,
  real: RealServer,
  checking: Checking,
  now: number,
  { keepsAgent, passive }: Pick<ServiceOptions, 'passive'> & { keepsAgent: boolean },
): RealServerState {
  // Where the file changed the same server since, the file wins; what SRV records say does not.
  const was = { ...known.configured, from: real.from };
  const { weight } = real.from === undefined ? was : real;
  // What another name says is no change of the file.
  const isHandedOn =
    isNamed(real) && isNamed(known.configured) && real.from !== known.configured.from;
  const isSame = isHandedOn || same({ ...was, weight }, real);
  const override = isSame ? known.override : undefined;
  const agent = keepsAgent ? known.agent : undefined;
  const ejected = passive ? known.ejected : undefined;
  const weighed = withWeight(real, { override, agent });
  const next = { ...known, configured: real, real: weighed, agent, ejected };
  return under(override, { ...next, own: ownState(checking, next) }, now);
}

function isNamed({ from }: RealServer): boolean {
  return from !== undefined;
}

/** Another port is another agent, of which nothing is known. */
function isSameAgent(was: VirtualService | undefined, is: VirtualService): boolean {
  const { agentPort } = is.options;
  return agentPort > 0 && agentPort === was?.options.agentPort;
}

function ownState(checking: Checking, known: RealServerState): RealState {
  const { own } = known;
  if (checking === 'missing') return 'unchecked';
  if (countsAsUp(own)) return upState(known);
  // Nothing would ever lead out of these two; but what has traffic is frozen with it.
  if (checking === 'off' && (own === 'starting' || own === 'maintenance'))
    return known.found ? upState(known) : 'unchecked';
  return own;
}

/** Servers that are not in the service any more. */
function departedFrom(
  before: Pool | undefined,
  index: ReadonlyMap<string, number>,
): readonly RealServerState[] {
  return before?.reals.filter(({ real }) => !index.has(real.id)) ?? [];
}

type Gone = Pick<RealServer, 'id' | 'role'>;

/** Those of them that were in the table. */
function purged(
  { service }: Pool,
  departed: readonly RealServerState[],
): readonly Gone[] {
  return departed
    .filter((known) => weightInForce(service, known) !== undefined)
    .map(({ real }) => real);
}

function overruled(
  { real, override }: RealServerState,
  why: OverReason,
): readonly PoolChange[] {
  return override ? [{ type: 'overruled', server: real.id, why, override }] : [];
}

function purgedChange({ id, role }: Gone): PoolChange {
  const server = id.replace(/^fallback:/, '');
  const fallback = server !== id;
  return { type: 'purged', server, fallback, role, weight: 0, report: undefined };
}
