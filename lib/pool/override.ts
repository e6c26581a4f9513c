import type { Override } from '../model/override.ts';
import { allChanges } from './all-changes.ts';
import { conclude } from './conclude.ts';
import { heldBack } from './panic.ts';
import type { Pool, PoolStep } from './pool.ts';
import { under } from './under.ts';

/** The pool after an operator changed a real server, or took the change back.
 *  @param override  undefined: as file and checks say
 *  @param now       wall clock, milliseconds since 1970 */
export function setOverride(
  pool: Pool,
  realId: string,
  override: Override | undefined,
  now: number,
): PoolStep {
  const row = pool.index.get(realId);
  const before = row === undefined ? undefined : pool.reals[row];
  if (row === undefined || !before) return { pool, changes: [] };
  const { service, index } = pool;
  const state = under(override, before, now);
  const reals = heldBack(pool, { service, reals: pool.reals.with(row, state) });
  const changes = allChanges(pool, reals, row, undefined);
  return conclude(pool, { service, reals, index }, changes, now);
}
