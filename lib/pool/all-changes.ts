import type { CheckReport } from '../model/check.ts';
import type { PoolChange } from './change.ts';
import { realChanges } from './compare.ts';
import type { Pool, RealServerState } from './pool.ts';

/** What to tell of the real servers of a pool where one has changed, and with it perhaps who else is kept
 *  in force.
 *  @param row     of that one
 *  @param report  that changed it; undefined: an operator did */
export function allChanges(
  { service, reals: before }: Pool,
  reals: readonly RealServerState[],
  row: number,
  report: CheckReport | undefined,
): readonly PoolChange[] {
  return reals.flatMap((state, at) => {
    const was = before[at];
    if (!was || (at !== row && state.held === was.held)) return [];
    const cause = at === row ? report : undefined;
    return realChanges({ service, state: was }, { service, state }, cause);
  });
}
