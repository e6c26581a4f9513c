import t from 'tap';
import { type Sample, seriesOf, spread } from '../../bench/samples.ts';

t.test('a spread of an odd, an even and a single number', async (t) => {
  t.strictSame(spread([3, 1, 2]), { median: 2, min: 1, max: 3 });
  t.strictSame(spread([4, 1, 2, 3]), { median: 2.5, min: 1, max: 4 });
  t.strictSame(spread([7]), { median: 7, min: 7, max: 7 });
});

t.test(
  'a series has a spread for each point, and keeps the order of subjects',
  async (t) => {
    const sample = (subject: string, point: string, cpu: number): Sample => ({
      ...{ row: 'servers', subject, point },
      figures: { cpu },
    });
    const samples = [
      sample('pen', '2', 5),
      sample('haproxy', '2', 1),
      sample('haproxy', '2000', 4),
      sample('haproxy', '2', 3),
    ];
    const subjects = ['l4director', 'haproxy', 'pen'];
    t.strictSame(seriesOf(samples, ['2', '2000'], 'cpu', subjects), [
      {
        subject: 'haproxy',
        index: 1,
        spreads: [
          { median: 2, min: 1, max: 3 },
          { median: 4, min: 4, max: 4 },
        ],
      },
      {
        subject: 'pen',
        index: 2,
        spreads: [{ median: 5, min: 5, max: 5 }, undefined],
      },
    ]);
    t.strictSame(seriesOf(samples, ['2'], 'p99', subjects), []);
  },
);
