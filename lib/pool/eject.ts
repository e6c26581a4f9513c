import { othersChanges } from './all-changes.ts';
import { tableChangeOf } from './compare.ts';
import { conclude } from './conclude.ts';
import { heldBack } from './panic.ts';
import { type Ejection, ejectionText } from './passive.ts';
import { countsAsUp, type Pool, type PoolStep, stateOf } from './pool.ts';
import { under } from './under.ts';

/** Whether a server can be taken out because clients' connections fail at it: its checks say that it is up. */
export function isEjectable(pool: Pool, realId: string): boolean {
  return countsAsUp(stateOf(pool, realId)?.own);
}

/** The pool after clients' connections to one of its real servers failed: it is down as by its checks, but no
 *  good one brings it back before {@link release}. One that does not count as up stays as it is.
 *  @param now  wall clock, milliseconds since 1970 */
export function eject(
  pool: Pool,
  realId: string,
  ejected: Ejection,
  now: number,
): PoolStep {
  const row = pool.index.get(realId);
  const before = row === undefined ? undefined : pool.reals[row];
  if (row === undefined || !before || !isEjectable(pool, realId))
    return { pool, changes: [] };
  const { service, index } = pool;
  const failed = {
    ...before,
    own: 'down',
    failures: 0,
    successes: 0,
    ejected,
  } as const;
  const asked = under(before.override, failed, now);
  const reals = heldBack(pool, { service, reals: pool.reals.with(row, asked) });
  const state = reals[row] ?? asked;
  const change = tableChangeOf({ service, state: before }, { service, state });
  const told = change ? [{ ...change, passive: ejectionText(ejected) }] : [];
  const changes = [...told, ...othersChanges(pool, reals, row)];
  return conclude(pool, { service, reals, index }, changes, now);
}

/** The pool when their time is over: good checks count again, the first of them from now on. */
export function release(pool: Pool, realIds: ReadonlySet<string>): Pool {
  const reals = pool.reals.map((state) =>
    state.ejected && realIds.has(state.real.id)
      ? { ...state, ejected: undefined }
      : state,
  );
  return { ...pool, reals };
}
