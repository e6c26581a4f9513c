import type { Test } from 'tap';
import { Player } from './player.ts';
import type { Target } from './target.ts';
import { TARGETS } from './targets/index.ts';

/** In CI, where a find of chance would hold up a change that has nothing to do with it. */
const CI_SEED = 20_261_126;
const INPUTS = { pure: 1_000, talk: 60 } as const;
/** A busy machine plays fewer of them. */
const SECONDS = 2;

/** Plays some inputs of every target of a kind, one after the other: processor time is measured. */
export function playShort(t: Test, kind: Target['kind']): void {
  const seed = process.env.CI ? CI_SEED : Date.now() % 2 ** 31;
  const inputs = INPUTS[kind];
  const player = new Player();
  t.comment(`seed ${seed}`);
  t.teardown(() => player[Symbol.asyncDispose]());
  for (const [name, target] of Object.entries(TARGETS)) {
    if (target.kind !== kind) continue;
    t.test(`${name}: nothing escapes, hangs or grows`, async (t) => {
      const outcome = await player.play({ name, inputs, seconds: SECONDS, seed });
      t.comment(
        `${outcome.inputs} inputs, the longest ${outcome.longestMs.toFixed(1)} ms`,
      );
      t.ok(outcome.inputs > 0);
      t.strictSame(outcome.failures, []);
    });
  }
}
