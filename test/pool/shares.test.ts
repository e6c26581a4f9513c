import fc from 'fast-check';
import t from 'tap';
import { SHARING, sharesOf } from '../../lib/model/shares.ts';
import { type Sharer, weightsFor } from '../../lib/pool/shares.ts';
import { SCHEDULERS } from '../../lib/schedulers/index.ts';

const sharer = (weight: number, part = 1): Sharer => ({ weight, part });

/** What a server gets of all, of what it would get by its weight alone. */
function partsOf(sharers: readonly Sharer[]): readonly number[] {
  const weights = weightsFor(sharers);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const due = sharers.reduce((all, { weight }) => all + weight, 0);
  return weights.map((weight, row) => {
    return weight / sum / ((sharers[row]?.weight ?? NaN) / due);
  });
}

t.test('weights give a server its part of its share', async (t) => {
  const cases: readonly (readonly [sharers: readonly Sharer[], weights: number[]])[] = [
    [
      [sharer(1), sharer(1)],
      [1, 1],
    ],
    // A quarter of all, where its weight would be a half.
    [
      [sharer(1), sharer(1, 0.5)],
      [3, 1],
    ],
    [
      [sharer(5), sharer(5), sharer(5), sharer(5, 0.5)],
      [7, 7, 7, 3],
    ],
    [
      [sharer(100), sharer(300), sharer(100, 0.05)],
      [24, 72, 1],
    ],
    // Nobody has all of his: they share by what they have.
    [
      [sharer(1, 0.25), sharer(1, 0.75)],
      [1, 3],
    ],
    [
      [sharer(65_535), sharer(1, 0.5)],
      [65_535, 1],
    ],
    [
      [sharer(1, 0.5), sharer(70_000)],
      [1, 65_535],
    ],
  ];
  for (const [sharers, weights] of cases)
    t.strictSame(weightsFor(sharers), weights, JSON.stringify(sharers));
});

t.test('whatever the weights, the part is right within a tenth', async () => {
  const any = fc.record({
    whole: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 }),
    warming: fc.array(
      fc.record({
        weight: fc.integer({ min: 1, max: 100 }),
        part: fc.constantFrom(
          0.05,
          0.15,
          0.25,
          0.35,
          0.45,
          0.55,
          0.65,
          0.75,
          0.85,
          0.95,
        ),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  });
  fc.assert(
    fc.property(any, ({ whole, warming }) => {
      const sharers = [...whole.map((weight) => sharer(weight)), ...warming];
      const weights = weightsFor(sharers);
      const parts = partsOf(sharers);
      return sharers.every(
        ({ part }, row) =>
          Number.isInteger(weights[row]) &&
          (weights[row] ?? 0) >= 1 &&
          (weights[row] ?? 0) <= 65_535 &&
          (part === 1 || Math.abs((parts[row] ?? 0) / part - 1) < 0.1),
      );
    }),
    { numRuns: 3000 },
  );
});

t.test('of each scheduler it is known whether its servers have shares', async (t) => {
  t.strictSame(
    Object.keys(SCHEDULERS).filter((name) => !sharesOf(name)),
    ['dh', 'sh', 'fo', 'ovf', 'mh'],
  );
  for (const name of SHARING) {
    t.ok(name in SCHEDULERS, name);
    t.ok((sharesOf(name)?.scheduler ?? '') in SCHEDULERS);
  }
});
