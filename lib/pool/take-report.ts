import type { CheckReport } from '../model/check.ts';
import { realChanges } from './compare.ts';
import { conclude } from './conclude.ts';
import { judge } from './judge.ts';
import type { Pool, PoolStep } from './pool.ts';

/** The pool after a check of one of its real servers. A report on a server that is not in the
 *  service (it left at a reload) changes nothing. Cost: a copy of one row a server. */
export function takeReport(pool: Pool, realId: string, report: CheckReport): PoolStep {
  const row = pool.index.get(realId);
  const before = row === undefined ? undefined : pool.reals[row];
  if (row === undefined || !before) return { pool, changes: [] };
  const { service, index } = pool;
  const state = judge(service, before, report);
  const reals = pool.reals.with(row, state);
  const changes = realChanges({ service, state: before }, { service, state }, report);
  if (state.state === before.state) return { pool: { ...pool, reals }, changes };
  return conclude(pool, { service, reals, index }, changes, report.at);
}
