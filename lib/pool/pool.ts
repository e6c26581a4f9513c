import type { AgentSaid } from '../model/agent.ts';
import type { CheckReport } from '../model/check.ts';
import type { ServiceEntry } from '../model/engine.ts';
import type { Override } from '../model/override.ts';
import type { RealState } from '../model/status.ts';
import type { RealServer, VirtualService } from '../model/virtual-service.ts';
import type { PoolChange } from './change.ts';
import type { Ejection } from './passive.ts';

/** Whether the service's real servers are checked: `off` as `checktype=off` says, which freezes
 *  them (new ones are never up); `missing` when the check does not exist, which keeps all down. */
export type Checking = 'checked' | 'off' | 'missing';

/** A real server as the pool knows it. */
export interface RealServerState {
  /** With the weight that holds: an override's, else what its agent makes of the configured one. */
  readonly real: RealServer;
  /** As the file has it. */
  readonly configured: RealServer;
  /** What was changed at run time. */
  readonly override: Override | undefined;
  /** What its agent has said; undefined: nothing, or it has none. */
  readonly agent?: AgentSaid | undefined;
  /** `up` and `drain` (up with weight 0) count as up. */
  readonly state: RealState;
  /** What its checks make of it: its state, but for what agent and override say. */
  readonly own: RealState;
  /** When it took that state; wall clock, milliseconds since 1970. */
  readonly since: number;
  /** Failures in a row, 0 to failurecount. Those while it is down are not counted. */
  readonly failures: number;
  /** Successes in a row while it is down, 0 to below rise. */
  readonly successes: number;
  /** The last report; undefined before the first. */
  readonly report: CheckReport | undefined;
  /** The weight at which an earlier run left it in force: it keeps that while it is starting. */
  readonly found?: number | undefined;
  /** The step of its warming up, from 0; undefined: it has its whole share. */
  readonly warming?: number | undefined;
  /** It is down and stays in force all the same, since too many are (`panic-threshold`): its place among
   *  those, who failed first is 1. Also while it is drained then. */
  readonly held?: number | undefined;
  /** Of one of the reserve (`role`): its place among those of its kind that serve, who stepped in first is 1; 0: it
   *  has stepped out, and stays at weight 0 until nothing goes to it; undefined: it stands by. */
  readonly duty?: number | undefined;
  /** Clients' connections failed at it: it is down, and no good check brings it back for now. */
  readonly ejected?: Ejection | undefined;
}

/** One virtual service's real servers: an immutable value, replaced at each step. */
export interface Pool {
  readonly service: VirtualService;
  /** In the file's order, then the reserve; ids unique. */
  readonly reals: readonly RealServerState[];
  /** Row in `reals` by real server's id. */
  readonly index: ReadonlyMap<string, number>;
  /** False while starting: until one server counts as up, or each has had a report, the reserve too. */
  readonly settled: boolean;
  /** One real server at least counts as up or is held back in a panic, or a spare is in. */
  readonly up: boolean;
  /** Settled with none up: the case of the fallbacks, whether the service has any or not. */
  readonly fallbackActive: boolean;
  /** The config's own fallback is in the table: in that case, unless one that is checked serves; before that,
   *  where an earlier run left it in force. */
  readonly fallbackInForce: boolean;
  /** When `fallbackActive` last changed. */
  readonly fallbackSince: number;
  /** One server at least stays in force for new clients though it is down. */
  readonly panic: boolean;
  /** One server at least warms up. */
  readonly warming: boolean;
  /** What the engine should carry. The same object as before a step when nothing in it changed. */
  readonly entry: ServiceEntry;
}

/** The pool after a step, and what an observer should hear of it, in order. */
export interface PoolStep {
  readonly pool: Pool;
  readonly changes: readonly PoolChange[];
}

/** The server of that id; undefined: the service has none. */
export function stateOf(
  pool: Pick<Pool, 'reals' | 'index'> | undefined,
  id: string,
): RealServerState | undefined {
  const row = pool?.index.get(id);
  return row === undefined ? undefined : pool?.reals[row];
}

/** Whether a panic keeps it for new clients. One that was drained since goes on draining, and is of no use to
 *  the service: it keeps no fallback away. */
export function isKept({
  held,
  real,
}: Pick<RealServerState, 'held' | 'real'>): boolean {
  return held !== undefined && real.weight > 0;
}

/** Whether a server in that state counts as up: keeps the fallback away. One of weight 0 does,
 *  though it takes no connection, as with ldirectord (observed). */
export function countsAsUp(state: RealState | undefined): boolean {
  return state === 'up' || state === 'drain';
}
