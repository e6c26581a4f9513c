import { conclude } from './conclude.ts';
import type { Pool, PoolStep } from './pool.ts';
import { WARM_STEPS } from './warming.ts';

/** The pool some time later: each server that warms up is at that step, the last step behind it has its
 *  whole share. None goes back.
 *  @param steps  by real server's id, from 0
 *  @param now    wall clock, milliseconds since 1970 */
export function warm(
  pool: Pool,
  steps: ReadonlyMap<string, number>,
  now: number,
): PoolStep {
  const reals = pool.reals.map((state) => {
    const { warming } = state;
    const step = steps.get(state.real.id) ?? 0;
    if (warming === undefined || step <= warming) return state;
    return { ...state, warming: step < WARM_STEPS ? step : undefined };
  });
  const { service, index } = pool;
  return conclude(pool, { service, reals, index }, [], now);
}
