import type { CheckReport } from '../model/check.ts';
import { allChanges } from './all-changes.ts';
import { realChanges } from './compare.ts';
import { conclude } from './conclude.ts';
import { judge } from './judge.ts';
import { heldBack } from './panic.ts';
import type { Pool, PoolStep } from './pool.ts';

/** The pool after a check of one of its real servers. A report on a server that is not in the
 *  service (it left at a reload) changes nothing. Cost: a copy of one row a server. */
export function takeReport(pool: Pool, realId: string, report: CheckReport): PoolStep {
  const row = pool.index.get(realId);
  const before = row === undefined ? undefined : pool.reals[row];
  if (row === undefined || !before) return { pool, changes: [] };
  const { service, index } = pool;
  const state = judge(service, before, report);
  const judged = pool.reals.with(row, state);
  if (state.state === before.state) {
    const changes = realChanges({ service, state: before }, { service, state }, report);
    return { pool: { ...pool, reals: judged }, changes };
  }
  const reals = heldBack(pool, { service, reals: judged });
  const changes = allChanges(pool, reals, row, report);
  return conclude(pool, { service, reals, index }, changes, report.at);
}
