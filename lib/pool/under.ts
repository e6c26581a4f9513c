import type { Override } from '../model/override.ts';
import type { RealState } from '../model/status.ts';
import type { RealServer } from '../model/virtual-service.ts';
import { countsAsUp, type RealServerState } from './pool.ts';

/** A real server as an override makes it of the one in the file and of what its checks say. */
export function under(
  override: Override | undefined,
  known: RealServerState,
  now: number,
): RealServerState {
  const real = withWeight(known.configured, override);
  const own = countsAsUp(known.own) ? upState({ real }) : known.own;
  const state = shown(own, override);
  const since = state === known.state ? known.since : now;
  // What an earlier run left in force has had its end in maintenance.
  const found = state === 'maintenance' ? undefined : known.found;
  return { ...known, real, own, state, since, override, found };
}

/** What a server's state looks like from outside.
 *  @param own  what its checks say */
export function shown(own: RealState, override: Override | undefined): RealState {
  return override?.state === 'maintenance' ? 'maintenance' : own;
}

/** A drained server keeps its weight in the override, for when it is ready again. */
export function withWeight(
  configured: RealServer,
  override: Override | undefined,
): RealServer {
  if (!override) return configured;
  const weight = override.state === 'drain' ? 0 : override.weight;
  return weight === null ? configured : { ...configured, weight };
}

/** The state of a server that counts as up. */
export function upState({ real }: Pick<RealServerState, 'real'>): 'up' | 'drain' {
  return real.weight > 0 ? 'up' : 'drain';
}
