import type { Override } from '../model/override.ts';
import { freed } from './agent.ts';
import { allChanges } from './all-changes.ts';
import { conclude } from './conclude.ts';
import { heldBack } from './panic.ts';
import type { Pool, PoolStep } from './pool.ts';
import { under } from './under.ts';

/** The pool after an operator changed a real server, or took the change back.
 *  @param override  undefined: as file and checks say
 *  @param now       wall clock, milliseconds since 1970
 *  @param frees     what its agent holds is forgotten, until it says so again, and a server that is out because
 *                   clients' connections failed at it comes back with the next good check */
export function setOverride(
  pool: Pool,
  realId: string,
  override: Override | undefined,
  now: number,
  frees = false,
): PoolStep {
  const row = pool.index.get(realId);
  const before = row === undefined ? undefined : pool.reals[row];
  if (row === undefined || !before) return { pool, changes: [] };
  const { service, index } = pool;
  const agent = frees ? freed(before.agent) : before.agent;
  const ejected = frees ? undefined : before.ejected;
  const state = under(override, { ...before, agent, ejected }, now);
  const reals = heldBack(pool, { service, reals: pool.reals.with(row, state) });
  const changes = allChanges(pool, reals, row, undefined);
  return conclude(pool, { service, reals, index }, changes, now);
}
