import type { AgentSaid } from '../model/agent.ts';
import type { ServerEntry } from '../model/engine.ts';
import type { Override } from '../model/override.ts';
import {
  destinationPort,
  type Fallback,
  fallbackId,
  type RealServer,
  type VirtualService,
} from '../model/virtual-service.ts';
import { countsAsUp, type RealServerState } from './pool.ts';

type Weighed = Pick<
  RealServerState,
  'real' | 'state' | 'found' | 'override' | 'agent' | 'held' | 'duty'
>;

/** The weight a server has in the table; undefined: it is not in it. A down server stays at
 *  weight 0 with quiescent=yes, a starting one is in the table only as an earlier run left it, but
 *  for what an operator or its agent has changed: one that had traffic has what was asked for. One that
 *  is held back in a panic has its weight though it is down. Of the reserve it is those who serve, and at
 *  weight 0 those who have stepped out and still have clients. */
export function weightInForce(
  service: Pick<VirtualService, 'quiescent'>,
  known: Weighed,
): number | undefined {
  if (known.real.role === undefined) return ownWeight(service, known);
  const weight = known.duty === undefined ? undefined : ownWeight(service, known);
  return known.duty === 0 && weight !== undefined ? 0 : weight;
}

function ownWeight(
  service: Pick<VirtualService, 'quiescent'>,
  { real, state, found, override, agent, held }: Weighed,
): number | undefined {
  if (countsAsUp(state) || held !== undefined) return real.weight;
  const isAsked = [override, agent].some((above) => above && wantsWeight(above));
  if (state === 'starting') return found && isAsked ? real.weight : found;
  return service.quiescent ? 0 : undefined;
}

function wantsWeight(above: Override | AgentSaid): boolean {
  const weight = 'weight' in above ? above.weight : above.percent;
  return above.state === 'drain' || weight !== null;
}

/** The table's row for a real server; undefined when it is not in the table. */
export function realEntry(
  service: VirtualService,
  state: RealServerState,
): ServerEntry | undefined {
  const weight = weightInForce(service, state);
  if (weight === undefined) return undefined;
  const { id, address, method, role } = state.real;
  return {
    id,
    address,
    port: destinationPort(service, state.real),
    method,
    weight,
    ...thresholds(service, state.real),
    fallback: false,
    ...(role ? RESERVE : {}),
    onRemoval: onRemoval(service),
    ...(isCut(service, state, weight) ? CUT : {}),
  };
}

/** The line's own; without any the cap of the ini, where a place that becomes free is one at once. */
function thresholds(
  { options }: Pick<VirtualService, 'options'>,
  { lower, upper }: Pick<RealServer, 'lower' | 'upper'>,
): Pick<ServerEntry, 'lower' | 'upper'> {
  const cap = options.serverConnections;
  return upper > 0 || cap === 0 ? { lower, upper } : { lower: cap, upper: cap };
}

const CUT = { cut: true } as const;
const RESERVE = { reserve: true } as const;

/** One that a panic keeps in force serves those who are on it, also when it is drained then. */
function isCut(
  { options }: VirtualService,
  { state, held }: RealServerState,
  weight: number,
): boolean {
  const isOut = state === 'down' && held === undefined && weight === 0;
  return options.onDown === 'kill' && isOut;
}

/** What becomes of the connections of a service's real server that leaves the table. */
export function onRemoval({
  quiescent,
  options,
}: VirtualService): ServerEntry['onRemoval'] {
  const keeps = options.onDown ? options.onDown === 'keep' : quiescent;
  return keeps ? 'keep' : 'reset';
}

/** The table's row for the fallback. It is removed, never quiesced, when a real server comes
 *  back; what runs through it may end by itself. */
export function fallbackEntry(
  service: VirtualService,
  fallback: Fallback,
): ServerEntry {
  return {
    id: fallbackId(fallback),
    address: fallback.address,
    port: destinationPort(service, fallback),
    method: fallback.method,
    weight: 1,
    lower: 0,
    upper: 0,
    fallback: true,
    onRemoval: 'keep',
  };
}

/** Equal field by field. */
export function sameEntry(a: ServerEntry, b: ServerEntry): boolean {
  return (
    a.id === b.id &&
    a.address === b.address &&
    a.port === b.port &&
    a.method === b.method &&
    a.weight === b.weight &&
    a.share === b.share &&
    a.lower === b.lower &&
    a.upper === b.upper &&
    a.onRemoval === b.onRemoval &&
    a.cut === b.cut &&
    a.reserve === b.reserve
  );
}
