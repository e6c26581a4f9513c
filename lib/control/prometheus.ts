/** Content type of the text exposition format.
 *  Source: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const PREFIX = 'l4director_';

/** One value of a family, under labels as {@link formatLabels} writes them. */
export interface Sample {
  readonly labels: string;
  readonly value: number;
}

/** What one name measures. */
export interface Family {
  /** Without the prefix; a counter's ends in `_total`. */
  readonly name: string;
  /** A summary's samples have the label `quantile`. */
  readonly type: 'counter' | 'gauge' | 'summary';
  /** One sentence. */
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Families as text; one without samples is left out.
 *  @param prefix  of every name */
export function formatFamilies(families: readonly Family[], prefix = PREFIX): string {
  const lines: string[] = [];
  for (const { name, type, help, samples } of families) {
    if (samples.length === 0) continue;
    const full = prefix + name;
    lines.push(`# HELP ${full} ${escapeHelp(help)}`, `# TYPE ${full} ${type}`);
    for (const { labels, value } of samples)
      lines.push(`${full}${labels} ${formatValue(value)}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** `{service="tcp:10.1.1.19:80",real="10.1.1.21:80"}`, values escaped; '' for none. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${escapeLabel(value)}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replace(/[\\"\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`));
}

function escapeHelp(help: string): string {
  return help.replace(/[\\\n]/g, (found) => (found === '\n' ? '\\n' : '\\\\'));
}

function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}
