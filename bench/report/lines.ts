import type { Series, Spread } from '../samples.ts';
import { number } from './numbers.ts';
import { colour, line, picture, round, text, WIDTH } from './svg.ts';

const [TOP, BOTTOM, LEFT, RIGHT] = [60, 310, 70, 210];
const LEVELS = [0, 1, 2, 3, 4] as const;
/** Least distance of two names at the right. */
const NAME = 17;

type Place = (point: number, value: number) => readonly [number, number];

/** A line for each subject from point to point, with a whisker at each from the lowest to the
 *  highest. The scale begins at 0.
 *  @param points  labels, two or more */
export function lineChart(
  title: string,
  points: readonly string[],
  series: readonly Series[],
  digits: number,
): string {
  const spreads = series.flatMap((one) => one.spreads.flatMap((of) => of ?? []));
  const level = roundStep(Math.max(...spreads.map(({ max }) => max)) / 4);
  const step = (WIDTH - LEFT - RIGHT) / (points.length - 1);
  const place: Place = (point, value) => [
    LEFT + point * step,
    BOTTOM - (value / level / 4) * (BOTTOM - TOP),
  ];
  return picture(title, BOTTOM + 40, [
    ...axes(points, level, place),
    ...series.flatMap(({ spreads, index }) => curve(spreads, colour(index), place)),
    ...names(points, series, place, digits),
  ]);
}

/** The least of 1, 2, 2.5, 5 and 10 times a power of ten that is not below. */
function roundStep(least: number): number {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 2.5, 5].find((times) => times * power >= least) ?? 10);
}

function axes(
  points: readonly string[],
  level: number,
  place: Place,
): readonly string[] {
  return [
    ...LEVELS.flatMap((n) => {
      const value = n * level;
      const [from, to] = [place(0, value), place(points.length - 1, value)];
      return [
        line(from, to, 'class="axis"'),
        text(from[0] - 10, from[1] + 4, value.toLocaleString('en'), 'quiet', 'end'),
      ];
    }),
    ...points.map((label, n) => {
      const [x, y] = place(n, 0);
      return text(x, y + 24, label, 'quiet', 'middle');
    }),
  ];
}

function curve(
  spreads: readonly (Spread | undefined)[],
  stroke: string,
  place: Place,
): readonly string[] {
  const known = spreads.flatMap((of, n) => (of ? [{ of, n }] : []));
  const path = known.map(({ of, n }) => place(n, of.median).map(round).join(','));
  const look = `stroke="${stroke}"`;
  return [
    `<polyline points="${path.join(' ')}" fill="none" ${look} stroke-width="2.5"/>`,
    ...known.map(({ of, n }) => line(place(n, of.min), place(n, of.max), look)),
    ...known.map(({ of, n }) => {
      const [x, y] = place(n, of.median).map(round);
      return `<circle cx="${x}" cy="${y}" r="4" fill="${stroke}"/>`;
    }),
  ];
}

/** Names and last figures at the right, in the order of their heights, none over another. */
function names(
  points: readonly string[],
  series: readonly Series[],
  place: Place,
  digits: number,
): readonly string[] {
  const ends = series
    .flatMap(({ subject, spreads, index }) => {
      const point = spreads.findLastIndex((of) => of !== undefined);
      const of = spreads[point];
      const only = point < points.length - 1 ? ` (${points[point]})` : '';
      if (!of) return [];
      const words = `${subject} ${number(of.median, digits)}${only}`;
      return [{ words, index, y: place(point, of.median)[1] }];
    })
    .sort((a, b) => a.y - b.y);
  return apart(ends.map(({ y }) => y)).flatMap((y, n) => {
    const { words = '', index = 0 } = ends[n] ?? {};
    const x = WIDTH - RIGHT + 16;
    return [
      `<circle cx="${x}" cy="${round(y)}" r="4" fill="${colour(index)}"/>`,
      text(x + 10, y + 4, words),
    ];
  });
}

/** @param heights  rising
 *  @returns        the same, moved apart, and up again as far as the last then hangs too low */
function apart(heights: readonly number[]): readonly number[] {
  let free = Number.NEGATIVE_INFINITY;
  const moved = heights.map((y) => {
    const at = Math.max(y, free);
    free = at + NAME;
    return at;
  });
  return moved.map((y, n) => Math.min(y, BOTTOM - (moved.length - 1 - n) * NAME));
}
