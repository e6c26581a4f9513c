import fc from 'fast-check';
import t from 'tap';
import { Histogram } from '../../bench/load/histogram.ts';

const SHARES = [0.001, 0.1, 0.5, 0.99, 0.999, 1] as const;

function filled(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

t.test('small values are told exactly', async (t) => {
  const histogram = filled(Array.from({ length: 100 }, (_, n) => n + 1));
  t.equal(histogram.at(0.5), 50);
  t.equal(histogram.at(0.99), 99);
  t.equal(histogram.at(0.999), 100);
  t.equal(histogram.total, 100);
});

t.test(
  'what share of any values does not exceed is told to one part in 64',
  async () => {
    const values = fc.array(fc.nat({ max: 2 ** 31 - 1 }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.constantFrom(...SHARES), (list, share) => {
        const sorted = list.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(list.length * share) - 1] ?? Number.NaN;
        const told = filled(list).at(share);
        return told >= exact && told <= exact + exact / 64;
      }),
    );
  },
);

t.test(
  'a time before its beginning counts as none, and nothing has no share',
  async (t) => {
    t.equal(filled([-3]).at(1), 0);
    t.ok(Number.isNaN(new Histogram().at(0.5)));
  },
);
