import type { Findings } from '../bench.ts';
import { machine } from '../machine.ts';
import type { Options } from '../options.ts';
import { ROWS } from '../rows/index.ts';
import type { Row } from '../rows/row.ts';
import { type Sample, seriesOf } from '../samples.ts';
import { everybody, type Kinds, LOGS, QUOTAS } from '../subjects/index.ts';
import { barChart } from './bars.ts';
import { lineChart } from './lines.ts';
import { table } from './table.ts';

/** A report as text, and its charts by the names of their rows. */
export interface Report {
  readonly text: string;
  readonly charts: Readonly<Record<string, string>>;
}

/** @param folder      of the charts, as the text is to refer to it
 *  @param loadBefore  load averages before the run */
export function report(
  options: Options,
  { samples, failures }: Findings,
  folder: string,
  loadBefore: readonly number[],
): Report {
  const kinds = everybody(options.workers);
  const subjects = [...Object.keys({ ...kinds, ...QUOTAS, ...LOGS }), 'direct'];
  const sections: string[] = [];
  const charts: Record<string, string> = {};
  for (const [name, row] of Object.entries<Row>(ROWS)) {
    const own = samples.filter((sample) => sample.row === name);
    if (own.length === 0) continue;
    const points = row.points(options).map(({ label }) => label);
    const image = folder === '' ? '' : `\n![${row.title}](${folder}/${name}.svg)\n`;
    sections.push(
      `## ${row.title}\n\n${row.about}\n\n${table(row, own, points, subjects)}${image}`,
    );
    charts[name] = chart(row, own, points, subjects);
  }
  const text = [
    `# Benchmark of ${new Date().toISOString().slice(0, 10)}\n`,
    `${machine(options.node, loadBefore)}${method(options)}`,
    ...sections,
    ...notes('Left out', leftOut(options, kinds)),
    ...notes('What failed', failures),
  ].join('\n');
  return { text, charts };
}

function chart(
  row: Row,
  samples: readonly Sample[],
  points: readonly string[],
  subjects: readonly string[],
): string {
  const { title: unit = '', digits = 0 } = row.measures[row.charted] ?? {};
  const title = `${row.title}: ${unit}`;
  const series = seriesOf(samples, points, row.charted, subjects);
  return points.length > 1
    ? lineChart(title, points, series, digits)
    : barChart(title, series, digits);
}

function method({ rounds, seconds, megabytes }: Options): string {
  return `
${rounds} interleaved ${rounds === 1 ? 'round' : 'rounds'}, ${seconds} s a measurement, bulk in transfers of ${megabytes} MB; medians, with lowest
and highest in brackets. How it is measured, and how to read it: bench/README.md.
`;
}

function leftOut({ only }: Options, kinds: Kinds): readonly string[] {
  const rows = only.map((name) => ({ name, mend: ROWS[name].lacks() }));
  const peers = Object.entries(
    only.includes('quota') ? { ...kinds, ...QUOTAS } : kinds,
  );
  const subjects = peers.map(([name, kind]) => ({ name, mend: kind.lacks() }));
  return [...rows, ...subjects].flatMap(({ name, mend }) =>
    mend ? [`${name}; it needs ${mend}`] : [],
  );
}

function notes(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0
    ? []
    : [`## ${title}\n\n${lines.map((line) => `- ${line}\n`).join('')}`];
}
