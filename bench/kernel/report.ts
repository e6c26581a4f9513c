import { cpus, loadavg, release } from 'node:os';
import type { Findings } from '../bench.ts';
import { haproxyVersion, nginxVersion, version } from '../machine.ts';
import { has, PROGRAMS } from '../needs.ts';
import { barChart } from '../report/bars.ts';
import type { Report } from '../report/report.ts';
import { table } from '../report/table.ts';
import { seriesOf } from '../samples.ts';
import type { KernelOptions } from './options.ts';
import { KERNEL_ROWS, type KernelRow } from './rows.ts';
import { KINDS, SUBJECTS } from './stage.ts';

/** Each row has one point. */
const POINTS = [''];

/** @param folder      of the charts, as the text is to refer to it; '': none are written
 *  @param loadBefore  load averages before the run */
export function kernelReport(
  options: KernelOptions,
  { samples, failures }: Findings,
  folder: string,
  loadBefore: readonly number[],
): Report {
  const sections: string[] = [];
  const charts: Record<string, string> = {};
  for (const [name, row] of Object.entries<KernelRow>(KERNEL_ROWS)) {
    const own = samples.filter((sample) => sample.row === name);
    if (own.length === 0) continue;
    const { title, about, measures } = row;
    const figures = table({ measures, against: '' }, own, POINTS, SUBJECTS);
    const image = folder === '' ? '' : `\n![${title}](${folder}/${name}.svg)\n`;
    sections.push(`## ${title}\n\n${about}\n\n${figures}${image}`);
    const series = seriesOf(own, POINTS, 'rate', SUBJECTS);
    charts[name] = barChart(`${title}: ${measures.rate?.title}`, series, 0);
  }
  const missing = Object.entries(KINDS).flatMap(([name, kind]) => {
    const mend = kind.lacks();
    return mend ? [`${name} is left out; it needs ${mend}`] : [];
  });
  const text = [head(options, loadBefore), ...sections, ...notes(missing, failures)];
  return { text: text.join('\n'), charts };
}

function head(
  { node, rounds, seconds, megabytes }: KernelOptions,
  loadBefore: readonly number[],
): string {
  const load = [loadBefore, loadavg()].map(([one = 0]) => one.toFixed(2));
  const haproxy = has('haproxy')
    ? `${haproxyVersion()}, one thread, splice-auto\n- `
    : '';
  return `# The kernel's forwarding, ${new Date().toISOString().slice(0, 10)}

A client, two real servers and a director for each subject, all in network namespaces. \`net\` and \`nftables\` are the
engines of l4director, \`direct\` is a host that routes and does nothing else. \`tracked\` routes too and tracks connections,
\`one rule\` also replaces the destination by one rule of nftables, both with no program at work.

- directors on Node ${version(node, ['--version'])}, one worker
- ${haproxy}${nginxVersion()}, one process for each real server
- ${version(PROGRAMS.nft.path, ['--version'])}, Linux ${release()}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}
- load average of the machine ${load.join(' before, ')} after

${rounds} interleaved ${rounds === 1 ? 'round' : 'rounds'}, ${seconds} s a measurement, transfers of ${megabytes} MB; medians, with lowest and highest in
brackets. Ratios are taken within each round. The processors are shared by the load, the servers, the subject
and whatever else ran; how it is measured, and how to read it: bench/README.md.
`;
}

function notes(
  missing: readonly string[],
  failures: readonly string[],
): readonly string[] {
  const lines = [...missing, ...failures.map((failure) => `failed: ${failure}`)];
  if (lines.length === 0) return [];
  return [`## Not measured\n\n${lines.map((line) => `- ${line}\n`).join('')}`];
}
