import type { Override } from '../model/override.ts';
import type { RealState } from '../model/status.ts';
import type { RealServer } from '../model/virtual-service.ts';
import { agentWeight } from './agent.ts';
import { countsAsUp, type RealServerState } from './pool.ts';

/** What stands above file and checks: an operator, who wins, and the server's agent. */
type Above = Pick<RealServerState, 'override' | 'agent'>;

/** A real server as override and agent make it of the one in the file and of what its checks say. */
export function under(
  override: Override | undefined,
  known: RealServerState,
  now: number,
): RealServerState {
  const above = { override, agent: known.agent };
  const real = withWeight(known.configured, above);
  const own = countsAsUp(known.own) ? upState({ real }) : known.own;
  const state = shown(own, above);
  const since = state === known.state ? known.since : now;
  // What an earlier run left in force has had its end.
  const ended = state === 'maintenance' || state === 'down';
  const found = ended ? undefined : known.found;
  return { ...known, real, own, state, since, override, found };
}

/** What a server's state looks like from outside. An agent's `down` holds whatever an operator says but
 *  maintenance, as a failed check does.
 *  @param own  what its checks say */
export function shown(own: RealState, { override, agent }: Above): RealState {
  if (override?.state === 'maintenance') return 'maintenance';
  if (!agent || own === 'unchecked') return own;
  if (agent.state === 'maintenance' && override?.state !== 'drain')
    return 'maintenance';
  const holds = agent.down !== null && (countsAsUp(own) || own === 'starting');
  return holds ? 'down' : own;
}

/** A drained server keeps its weight in the override, for when it is ready again. */
export function withWeight(
  configured: RealServer,
  { override, agent }: Above,
): RealServer {
  if (!override && !agent) return configured;
  const drains = override?.state === 'drain' || agent?.state === 'drain';
  const weight = override?.weight ?? agentWeight(configured.weight, agent);
  return { ...configured, weight: drains ? 0 : weight };
}

/** The state of a server that counts as up. */
export function upState({ real }: Pick<RealServerState, 'real'>): 'up' | 'drain' {
  return real.weight > 0 ? 'up' : 'drain';
}
