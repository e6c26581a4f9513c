import type { CheckReport } from '../model/check.ts';
import type { PoolChange } from './change.ts';
import { realChanges } from './compare.ts';
import type { Pool, RealServerState } from './pool.ts';

/** What to tell of the real servers of a pool where one has changed, of that one first, and with it
 *  perhaps who else is kept in force.
 *  @param row     of that one
 *  @param report  that changed it; undefined: an operator did */
export function allChanges(
  pool: Pool,
  reals: readonly RealServerState[],
  row: number,
  report: CheckReport | undefined,
): readonly PoolChange[] {
  const own = changesOf(pool, reals, row, report);
  return pool.panic ? [...own, ...othersChanges(pool, reals, row)] : own;
}

/** Of the others alone: they go only with those that were kept. */
export function othersChanges(
  pool: Pool,
  reals: readonly RealServerState[],
  row: number,
): readonly PoolChange[] {
  if (!pool.panic) return [];
  return reals.flatMap(({ held }, at) =>
    at === row || held === pool.reals[at]?.held ? [] : changesOf(pool, reals, at),
  );
}

function changesOf(
  { service, reals: before }: Pool,
  reals: readonly RealServerState[],
  row: number,
  report?: CheckReport,
): readonly PoolChange[] {
  const [was, is] = [before[row], reals[row]];
  if (!was || !is) return [];
  return realChanges({ service, state: was }, { service, state: is }, report);
}
