import type { Series, Spread } from '../samples.ts';
import { range } from './numbers.ts';
import { colour, line, picture, round, text, WIDTH } from './svg.ts';

const LINE = 30;
const TOP = 48;
const LEFT = 150;
/** For the numbers at the right. */
const NUMBERS = 200;

/** A bar for each subject's median, with a whisker from the lowest to the highest.
 *  @param series  the first point of each counts */
export function barChart(
  title: string,
  series: readonly Series[],
  digits: number,
): string {
  const spreads = series.flatMap(({ spreads: [first] }) => first ?? []);
  const most = Math.max(...spreads.map(({ max }) => max)) || 1;
  const scale = (value: number) => (value / most) * (WIDTH - LEFT - NUMBERS);
  const bars = series.flatMap(({ subject, index, spreads: [of] }, n) =>
    of ? bar(subject, of, TOP + n * LINE, colour(index), scale, digits) : [],
  );
  return picture(title, TOP + series.length * LINE + 10, bars);
}

function bar(
  subject: string,
  of: Spread,
  y: number,
  fill: string,
  scale: (value: number) => number,
  digits: number,
): readonly string[] {
  const [height, middle] = [LINE - 10, y + (LINE - 10) / 2];
  const [from, to] = [LEFT + scale(of.min), LEFT + scale(of.max)];
  const whisker = 'class="whisker"';
  return [
    text(LEFT - 10, middle + 5, subject, '', 'end'),
    `<rect x="${LEFT}" y="${y}" width="${round(scale(of.median))}" height="${height}" fill="${fill}"/>`,
    line([from, middle], [to, middle], whisker),
    ...[from, to].map((x) => line([x, middle - 4], [x, middle + 4], whisker)),
    text(WIDTH - 12, middle + 5, range(of, digits), 'quiet', 'end'),
  ];
}
