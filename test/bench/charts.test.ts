import t from 'tap';
import { barChart } from '../../bench/report/bars.ts';
import { lineChart } from '../../bench/report/lines.ts';
import type { Series } from '../../bench/samples.ts';

function series(subject: string, index: number, ...medians: number[]): Series {
  const spreads = medians.map((median) => ({
    ...{ median, min: median - 2, max: median + 2 },
  }));
  return { subject, index, spreads };
}

/** Elements of a kind, as their attributes. */
function elements(svg: string, tag: string): readonly Record<string, string>[] {
  return [...svg.matchAll(new RegExp(`<${tag} ([^>]*?)/?>`, 'g'))].map(
    ([, inner = '']) =>
      Object.fromEntries(
        [...inner.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
          key,
          value,
        ]),
      ),
  );
}

t.test('bars are as long as medians, and whiskers as lowest and highest', async (t) => {
  const svg = barChart('A & B', [series('a<b', 0, 10), series('b', 1, 38)], 1);
  const [, short, long] = elements(svg, 'rect');
  const ratio = Number(long?.width) / Number(short?.width);
  t.ok(Math.abs(ratio - 3.8) < 0.01, `${ratio}`);
  const [whisker] = elements(svg, 'line');
  const units = Number(short?.width) / 10;
  t.ok(Math.abs(Number(whisker?.x2) - Number(whisker?.x1) - 4 * units) < 0.3);
  t.match(svg, 'A &amp; B');
  t.match(svg, '>a&lt;b<');
  t.match(svg, '>38.0 (36.0 to 40.0)<');
});

t.test(
  'a chart has its own colours on a dark screen, and nothing from elsewhere',
  async (t) => {
    const svg = barChart('x', [series('a', 0, 10)], 0);
    t.match(svg, 'prefers-color-scheme: dark');
    t.match(svg, '<rect class="ground"');
    t.notMatch(svg, /href|url\(|<script/);
  },
);

t.test('a line rises with its figures, from 0 on', async (t) => {
  const svg = lineChart(
    'x',
    ['2', '2,000'],
    [series('a', 0, 18, 18), series('b', 1, 9, 18)],
    1,
  );
  const [flat, rising] = elements(svg, 'polyline').map(({ points = '' }) =>
    points.split(' ').map((point) => Number(point.split(',')[1])),
  );
  t.equal(flat?.[0], flat?.[1]);
  t.equal(rising?.[1], flat?.[0]);
  const bottom = Math.max(...elements(svg, 'line').map(({ y1 }) => Number(y1)));
  const heights = [rising?.[0], flat?.[0]].map((y) => bottom - Number(y));
  t.ok(Math.abs(Number(heights[1]) / Number(heights[0]) - 2) < 0.01, `${heights}`);
});

t.test('names at the right keep apart, and stay within the picture', async (t) => {
  const many = Array.from({ length: 8 }, (_, n) => series(`s${n}`, n, 5, 2 + n / 100));
  const svg = lineChart('x', ['a', 'b'], [...many, series('high', 8, 500, 500)], 0);
  const names = [...svg.matchAll(/<text x="\d+" y="([\d.]+)"[^>]*>s\d /g)].map(
    ([, y]) => Number(y),
  );
  t.equal(names.length, 8);
  for (const [n, y] of names.entries())
    if (n > 0) t.ok(Math.abs(y - Number(names[n - 1])) >= 17, `${names}`);
  const [, height] = /viewBox="0 0 \d+ (\d+)"/.exec(svg) ?? [];
  t.ok(Math.max(...names) < Number(height));
});

t.test('a subject that is not at the last point says at which it is', async (t) => {
  const half: Series = {
    ...series('pen', 0, 4),
    spreads: [{ median: 4, min: 4, max: 4 }, undefined],
  };
  t.match(lineChart('x', ['1 service', 'many'], [half], 0), '>pen 4 (1 service)<');
});
