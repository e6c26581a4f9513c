import type { Test } from 'tap';

/** Seed of a generated test: a new one each run, printed; `CONFIG_SEED` repeats a run. */
export function seedOf(t: Test): number {
  const seed = Number(process.env.CONFIG_SEED ?? Date.now() % 2 ** 31);
  t.comment(`CONFIG_SEED=${seed} repeats this run`);
  return seed;
}
