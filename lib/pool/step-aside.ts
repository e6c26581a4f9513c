import { conclude } from './conclude.ts';
import type { Pool, PoolStep } from './pool.ts';
import { LEAVING } from './reserve.ts';

/** The pool when nothing goes any more to one of the reserve that has stepped out: it leaves the table. One that
 *  has stepped in again stays.
 *  @param now  wall clock, milliseconds since 1970 */
export function stepAside(pool: Pool, realId: string, now: number): PoolStep {
  const { service, index } = pool;
  const row = index.get(realId);
  const state = row === undefined ? undefined : pool.reals[row];
  if (row === undefined || state?.duty !== LEAVING) return { pool, changes: [] };
  const reals = pool.reals.with(row, { ...state, duty: undefined });
  return conclude(pool, { service, reals, index }, [], now);
}
