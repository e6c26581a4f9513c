import type { CheckReport } from '../model/check.ts';
import type { PoolChange } from './change.ts';
import { realChanges } from './compare.ts';
import type { Pool, RealServerState } from './pool.ts';

/** What to tell of the real servers of a pool where one has changed, and with it perhaps who else is kept
 *  in force.
 *  @param row     of that one
 *  @param report  that changed it; undefined: an operator did */
export function allChanges(
  { service, reals: before, panic }: Pool,
  reals: readonly RealServerState[],
  row: number,
  report: CheckReport | undefined,
): readonly PoolChange[] {
  const changesOf = (at: number) => {
    const [was, is] = [before[at], reals[at]];
    if (!was || !is || (at !== row && is.held === was.held)) return [];
    const cause = at === row ? report : undefined;
    return realChanges({ service, state: was }, { service, state: is }, cause);
  };
  // Others go only with those that were kept.
  return panic ? reals.flatMap((_, at) => changesOf(at)) : changesOf(row);
}
