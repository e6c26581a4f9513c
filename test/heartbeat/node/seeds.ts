import type { Test } from 'tap';

/** In CI, where a find of chance would hold up a change that has nothing to do with it. */
const CI_SEED = 20_261;
/** So many more are played by HEARTBEAT=long. */
const LONG = 10;

/** Seeds of generated plays: new ones each run but in CI (`CI` set), the first one printed; `HEARTBEAT_SEED` repeats a run.
 *  @param many  in the short form; `HEARTBEAT_SEEDS` says otherwise */
export function seedsOf(t: Test, many: number): readonly number[] {
  const { CI, HEARTBEAT, HEARTBEAT_SEED, HEARTBEAT_SEEDS } = process.env;
  const chosen = CI ? CI_SEED : Math.floor(Date.now() / 1000) % 1e6;
  const first = Number(HEARTBEAT_SEED ?? chosen);
  const length = Number(HEARTBEAT_SEEDS ?? (HEARTBEAT === 'long' ? LONG * many : many));
  t.comment(`HEARTBEAT_SEED=${first}`);
  return Array.from({ length }, (_, n) => first + n);
}
