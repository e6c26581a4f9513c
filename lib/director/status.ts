import type { ServerEntry, ServiceStats } from '../model/engine.ts';
import { NO_LIMITS } from '../model/limits.ts';
import type { ServiceState, ServiceStatus } from '../model/status.ts';
import { panicCounts } from '../pool/panic.ts';
import type { Pool, RealServerState } from '../pool/pool.ts';
import { seenState } from '../pool/reserve.ts';
import type { Agents } from './agents.ts';
import { type Carriage, carrier } from './carriage.ts';
import type { Certificates } from './certificates.ts';
import type { CheckHistory } from './check-history.ts';
import { checkingOf } from './check-plan.ts';
import { checkRecord, checkStatus } from './check-status.ts';
import type { DownTimes } from './down-times.ts';
import type { PassiveMarks } from './passive-marks.ts';
import {
  fallbackStatus,
  isFallbackIn,
  type OfChecks,
  realStatus,
} from './server-status.ts';

/** What the status says of one service. */
export interface ServiceView {
  readonly pool: Pool;
  readonly carriage: Carriage;
  /** Servers that the engine has in force, which may be a moment behind the pool. */
  readonly carried: readonly ServerEntry[];
  /** It has left its start behind, and the engine knows. */
  readonly ready: boolean;
  readonly history: Pick<CheckHistory, 'last' | 'totals'>;
  readonly downTimes: Pick<DownTimes, 'of'>;
  readonly certificates: Pick<Certificates, 'of'>;
  readonly agents: Pick<Agents, 'of'>;
  readonly passive: Pick<PassiveMarks, 'ejections'>;
}

/** When the status is asked for, and how much of it. */
export interface StatusWish {
  /** Wall clock, milliseconds since 1970. */
  readonly now: number;
  /** Results of each real server, 0 or more. */
  readonly checks: number;
}

/** One service of `GET /v1/status`.
 *  @param stats  the engine's numbers; undefined: it has none, all are 0 */
export function serviceStatus(
  view: ServiceView,
  stats: ServiceStats | undefined,
  wish: StatusWish,
): ServiceStatus {
  const { pool, carriage, carried } = view;
  const { service } = pool;
  const inForce = new Map(carried.map(({ id, weight }) => [id, weight]));
  const numbers = new Map(stats?.servers.map((server) => [server.id, server]));
  const reals = pool.reals.map((real) =>
    realStatus(
      real,
      inForce.get(real.real.id),
      numbers.get(real.real.id),
      checksOf(view, real, wish),
    ),
  );
  return {
    id: service.id,
    address: service.address ?? null,
    port: service.port ?? null,
    fwmark: service.fwmark ?? null,
    protocol: service.protocol,
    scheduler: service.scheduler,
    engine: carrier(carriage),
    engineReason: reasonOf(carriage),
    state: serviceState(view),
    problem: problemOf(view) ?? null,
    fallbackActive: isFallbackIn(pool, inForce),
    persistent: service.persistent ?? null,
    netmask: service.netmask ?? null,
    drainDeadlineSeconds: secondsOf(service.options.drainDeadlineMs),
    ...countsOf(stats),
    reals: [...reals, ...fallbackStatus(pool, inForce, numbers)],
  };
}

function countsOf(stats: ServiceStats | undefined) {
  return {
    acceptedConnections: stats?.acceptedConnections ?? 0,
    refusedConnections: stats?.refusedConnections ?? 0,
    retries: stats?.retries ?? 0,
    proxyHeaderErrors: stats?.proxyHeaderErrors ?? 0,
    retiredConnections: stats?.retiredConnections ?? 0,
    sniUnmatched: stats?.sniUnmatched ?? 0,
    sniErrors: stats?.sniErrors ?? 0,
    persistenceEntries: stats?.persistenceEntries ?? 0,
    limits: stats?.limits ?? NO_LIMITS,
  } as const satisfies Partial<ServiceStatus>;
}

function reasonOf({ engine, reason, leaving }: Carriage): string {
  return leaving ? `on its way to ${engine} (${reason})` : reason;
}

/** The state of a service, the first that fits. */
export function serviceState({
  pool,
  carriage,
  ready,
}: Pick<ServiceView, 'pool' | 'carriage' | 'ready'>): ServiceState {
  // While it moves it is as well as it is where it still is.
  const { outcome } = carriage.leaving ?? carriage;
  const refusal = carriage.leaving ? undefined : carriage.refusal;
  if (refusal !== undefined || outcome?.state === 'failed') return 'failed';
  if (outcome?.state === 'waiting-for-address') return outcome.state;
  if (!ready) return 'starting';
  if (pool.panic) return 'panic';
  return byWhom(pool);
}

/** As {@link serviceState}; of one that waits for its address, how it would be with it. */
export function stateWithAddress(
  view: Pick<ServiceView, 'pool' | 'carriage' | 'ready'>,
): ServiceState {
  const state = serviceState(view);
  if (state !== 'waiting-for-address') return state;
  return view.pool.panic ? 'panic' : byWhom(view.pool);
}

/** Asked at each report: while a real server is up the first of them is all that is looked at. */
function byWhom({
  reals,
  service,
  fallbackActive,
  fallbackInForce,
}: Pool): ServiceState {
  const serves = (known: RealServerState) => seenState(known) === 'up';
  if (reals.some((known) => known.real.role !== 'fallback' && serves(known)))
    return 'up';
  if (!fallbackActive) return 'down';
  const isOwn = fallbackInForce && service.fallback !== undefined;
  return isOwn || reals.some(serves) ? 'fallback' : 'down';
}

/** Why it is waiting or failed, and how to mend it. */
export function problemOf({
  pool,
  carriage,
}: Pick<ServiceView, 'pool' | 'carriage'>): string | undefined {
  return (
    carriageProblem(carriage) ??
    checkingOf(pool.service).problem ??
    panicProblem(pool) ??
    (pool.up && pool.reals.every((known) => seenState(known) !== 'up')
      ? ONLY_DRAINED
      : undefined)
  );
}

function panicProblem({ panic, reals, service }: Pool): string | undefined {
  if (!panic) return undefined;
  const { of, down, held } = panicCounts(reals);
  const isEjected = reals.some(({ ejected }) => ejected !== undefined);
  const by = isEjected ? 'their checks or what clients met' : 'their checks';
  return `panic: ${down} of ${of} real servers are down by ${by}, ${held} of them in force all the same, since panic-threshold = ${service.options.panicThreshold ?? 100}% lets go no more; what their checks say tells whether it is them, the network between, or the checks`;
}

function carriageProblem({ refusal, outcome, leaving }: Carriage): string | undefined {
  const problem = refusal ?? outcome?.problem;
  if (!leaving) return problem;
  return problem && `${problem}; until then ${leaving.engine} carries it`;
}

/** ldirectord's meaning of weight 0, which surprises. */
const ONLY_DRAINED =
  'every real server that is up has weight 0, and the fallback is for when none is up: give one a weight above 0';

function checksOf(
  { pool, history, certificates, downTimes, agents, passive }: ServiceView,
  known: RealServerState,
  { now, checks }: StatusWish,
): OfChecks {
  const { id } = known.real;
  const soFar = { certificate: certificates.of(id), totals: history.totals(id) };
  const check = checkStatus(pool.service, known, soFar, now);
  const outTimes = { ...downTimes.of(id, now), ejections: passive.ejections(id) };
  const agent = agents.of(pool.service, known);
  if (checks === 0) return { agent, check, ...outTimes };
  return {
    agent,
    check,
    ...outTimes,
    checks: history.last(id, checks).map(checkRecord),
  };
}

function secondsOf(ms: number | undefined): number | null {
  return ms === undefined ? null : ms / 1000;
}
