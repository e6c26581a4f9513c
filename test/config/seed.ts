import type { Test } from 'tap';

/** In CI, where a find of chance would hold up a change that has nothing to do with it. */
const CI_SEED = 20_261_123;

/** Seed of a generated test: a new one each run but in CI (`CI` set), printed; `CONFIG_SEED`
 *  repeats a run. */
export function seedOf(t: Test): number {
  const chosen = process.env.CI ? CI_SEED : Date.now() % 2 ** 31;
  const seed = Number(process.env.CONFIG_SEED ?? chosen);
  t.comment(`CONFIG_SEED=${seed} repeats this run`);
  return seed;
}
