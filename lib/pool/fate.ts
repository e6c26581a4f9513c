import type { VirtualService } from '../model/virtual-service.ts';
import { onRemoval, realEntry } from './entry.ts';
import type { RealServerState } from './pool.ts';

/** What becomes of connections to a server that another director has let in: they go on; they end; or they go on
 *  until it is known what the server is. */
export type Fate = 'go on' | 'end' | 'wait';

/** As this pool would have it of its own, but for a server whose checks fail from the first on: the other director had
 *  it up, and it is down there at the failurecount'th failure in a row.
 *  @param failing  failed checks in a row, until now */
export function fateOf(
  service: VirtualService,
  known: RealServerState,
  failing: number,
): Fate {
  const entry = realEntry(service, known);
  const isCut = entry?.cut === true;
  if (!isCut && (entry || onRemoval(service) === 'keep')) return 'go on';
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
