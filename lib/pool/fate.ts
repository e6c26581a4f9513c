import type { VirtualService } from '../model/virtual-service.ts';
import { onRemoval, realEntry } from './entry.ts';
import { isAtRisk, mayGo } from './panic.ts';
import { type Pool, type RealServerState, stateOf } from './pool.ts';

/** What becomes of connections to a server that another director has let in: they go on; they end; or they go on
 *  until it is known what the server is. */
export type Fate = 'go on' | 'end' | 'wait';

/** What is known of a pool's servers besides, each by its id. */
export interface Elsewhere {
  /** Failed checks in a row, until now. */
  failing(id: string): number;
  /** What the other director has let in there goes on until now. */
  isOpen(id: string): boolean;
}

/** As this pool would have it of its own, but for servers whose checks fail from the first on: the other director had
 *  them up, or held back in a panic. They are down there at the failurecount'th failure in a row, and no more of them
 *  than `panic-threshold` lets go. Of others than these servers the pool has none. */
export function fatesOf(
  pool: Pool,
  servers: Iterable<string>,
  { failing, isOpen }: Elsewhere,
): ReadonlyMap<string, Fate> {
  const fates = new Map<string, Fate>();
  const taken: RealServerState[] = [];
  for (const id of servers) {
    const known = stateOf(pool, id);
    if (!known) continue;
    const fate = fateOf(pool.service, known, failing(id));
    fates.set(id, fate);
    if (fate === 'end' && isAtRisk(known) && isOpen(id)) taken.push(known);
  }
  if (taken.length === 0) return fates;
  const staying = taken
    .toSorted((a, b) => a.since - b.since)
    .slice(mayGo(pool, isOpen));
  for (const { real } of staying) fates.set(real.id, 'wait');
  return fates;
}

/** Whether connections to it go on, whatever becomes of it: it is in the table, or not cut for having left that. */
export function goesOn(service: VirtualService, known: RealServerState): boolean {
  const entry = realEntry(service, known);
  if (entry?.cut) return false;
  return entry !== undefined || onRemoval(service) === 'keep';
}

function fateOf(
  service: VirtualService,
  known: RealServerState,
  failing: number,
): Fate {
  if (goesOn(service, known)) return 'go on';
  const { state } = known;
  // One that stands by, is not checked or has no report yet is in no table, and none of that is a finding.
  if (state !== 'down' && state !== 'maintenance') return 'wait';
  return isInDoubt(service, known, failing) ? 'wait' : 'end';
}

function isInDoubt(
  { failurecount }: VirtualService,
  { state, own, ejected, agent }: RealServerState,
  failing: number,
): boolean {
  const isByChecks = state === 'down' && own === 'down' && !ejected;
  return isByChecks && (agent?.down ?? null) === null && failing < failurecount;
}
