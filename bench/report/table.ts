import type { Measure, Row } from '../rows/row.ts';
import { type Sample, type Series, type Spread, seriesOf } from '../samples.ts';
import { range, ratio } from './numbers.ts';

/** One column of the table. */
interface Column {
  readonly head: string;
  readonly cell: (subject: string) => string;
}

/** A row's table in Markdown: a line a subject; for every measure at every point its figure and
 *  the ratio to the row's peer; on a curve also how much it grew from the first point to the last.
 *  @param points    labels, in order
 *  @param subjects  in order */
export function table(
  row: Pick<Row, 'measures' | 'against'>,
  samples: readonly Sample[],
  points: readonly string[],
  subjects: readonly string[],
): string {
  const columns = Object.entries(row.measures).flatMap(([key, measure]) => {
    const series = seriesOf(samples, points, key, subjects);
    return [
      ...points.flatMap((point, n) =>
        columnsOf(measure, point, spreadsAt(series, n), row.against),
      ),
      ...(points.length > 1 ? [growth(series, points.length - 1)] : []),
    ];
  });
  const measured = subjects.filter((name) =>
    samples.some(({ subject }) => subject === name),
  );
  const lines = measured.map((subject) => [
    subject,
    ...columns.map(({ cell }) => cell(subject)),
  ]);
  const heads = ['', ...columns.map(({ head }) => head)];
  return [heads, heads.map((_, n) => (n === 0 ? '---' : '---:')), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}

type SpreadOf = (subject: string) => Spread | undefined;

function spreadsAt(series: readonly Series[], point: number): SpreadOf {
  return (subject) => series.find((one) => one.subject === subject)?.spreads[point];
}

function columnsOf(
  { title, digits, given }: Measure,
  point: string,
  spreadOf: SpreadOf,
  against: string,
): readonly Column[] {
  const head = point === '' ? title : `${title}, ${point}`;
  const figure: Column = { head, cell: (subject) => range(spreadOf(subject), digits) };
  if (given) return [figure];
  const compared = (subject: string) => ratio(spreadOf(subject), spreadOf(against));
  return [figure, { head: `of ${against}'s`, cell: compared }];
}

function growth(series: readonly Series[], last: number): Column {
  const [from, to] = [spreadsAt(series, 0), spreadsAt(series, last)];
  return { head: 'growth', cell: (subject) => ratio(to(subject), from(subject)) };
}
