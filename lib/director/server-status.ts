import type { ServerStats } from '../model/engine.ts';
import type { RealStatus } from '../model/status.ts';
import { fallbackId } from '../model/virtual-service.ts';
import type { Pool, RealServerState } from '../pool/pool.ts';
import { hasReserve, seenState } from '../pool/reserve.ts';
import { isWarming, partAt } from '../pool/warming.ts';

/** What checks, agent and clients' connections say of a server. */
export type OfChecks = Pick<
  RealStatus,
  'agent' | 'check' | 'checks' | 'downs' | 'downSeconds' | 'ejections'
>;

/** A real server, be it of the reserve.
 *  @param weight  in the engine's table; undefined: it is not there */
export function realStatus(
  known: RealServerState,
  weight: number | undefined,
  stats: ServerStats | undefined,
  checks: OfChecks,
): RealStatus {
  const { real, configured, override, since, warming } = known;
  const part = isWarming(known) ? partAt(warming ?? 0) : undefined;
  return {
    id: real.id,
    address: real.address,
    port: real.port,
    method: real.method,
    from: real.from ?? null,
    weight: weight ?? 0,
    configuredWeight: configured.weight,
    inForce: weight !== undefined,
    state: seenState(known),
    warming: part === undefined ? null : Math.round(part * 100),
    override: override ?? null,
    since: new Date(since).toISOString(),
    ...counters(stats),
    fallback: false,
    role: real.role ?? 'real',
    ...checks,
  };
}

/** The config's own fallback; nothing where there is none. */
export function fallbackStatus(
  { service, fallbackActive, fallbackInForce, fallbackSince }: Pool,
  inForce: ReadonlyMap<string, number>,
  numbers: ReadonlyMap<string, ServerStats>,
): readonly RealStatus[] {
  const { fallback } = service;
  if (!fallback) return [];
  const id = fallbackId(fallback);
  return [
    {
      id,
      address: fallback.address,
      port: fallback.port,
      method: fallback.method,
      from: null,
      weight: inForce.get(id) ?? 0,
      configuredWeight: 1,
      inForce: inForce.has(id),
      state: fallbackActive && fallbackInForce ? 'up' : 'down',
      warming: null,
      override: null,
      agent: null,
      since: new Date(fallbackSince).toISOString(),
      ...counters(numbers.get(id)),
      downs: 0,
      downSeconds: 0,
      ejections: 0,
      fallback: true,
      role: 'fallback',
      check: null,
    },
  ];
}

function counters(stats: ServerStats | undefined): Omit<ServerStats, 'id'> {
  return {
    activeConnections: stats?.activeConnections ?? 0,
    inactiveConnections: stats?.inactiveConnections ?? 0,
    totalConnections: stats?.totalConnections ?? 0,
    bytesIn: stats?.bytesIn ?? 0,
    bytesOut: stats?.bytesOut ?? 0,
    connectFailures: stats?.connectFailures ?? 0,
  };
}

/** Whether a fallback is in force, be it checked or not.
 *  @param inForce  weights by id, as the engine has them */
export function isFallbackIn(
  { service: { fallback }, reals }: Pool,
  inForce: ReadonlyMap<string, number>,
): boolean {
  if (fallback && inForce.has(fallbackId(fallback))) return true;
  const serves = ({ real }: RealServerState) => (inForce.get(real.id) ?? 0) > 0;
  return (
    hasReserve(reals) &&
    reals.some((known) => known.real.role === 'fallback' && serves(known))
  );
}
