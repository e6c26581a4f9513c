import { cpus, loadavg, release } from 'node:os';
import { version } from '../machine.ts';
import type { Answer, Figures } from './figures.ts';
import type { Lateness } from './lateness.ts';
import type { CheckOptions } from './options.ts';

export interface Measured {
  readonly runner: Figures;
  readonly daemon: Figures;
  readonly answers: readonly Answer[];
}

/** One line of the table: what it says, and how. */
const LINES: Readonly<Record<string, (figures: Figures) => string>> = {
  'checks made': ({ checks, failed }) => `${count(checks)}, ${count(failed)} failed`,
  'processor time, of one core': ({ cpu, seconds }) =>
    `${((cpu / seconds / 1e6) * 100).toFixed(1)} %`,
  'processor time a check': ({ cpu, checks }) => `${(cpu / checks).toFixed(0)} us`,
  'starts late by (p50, p99, longest)': ({ lateness }) =>
    lateness ? late(lateness) : 'not told',
  'connections late by (p50, p99, longest)': ({ arrivals }) => late(arrivals),
  'resident memory': ({ memory, added }) =>
    `${megabytes(memory)}, ${megabytes(added)} of it for the servers`,
  'memory a server': ({ added, servers }) =>
    `${(added / 1024 / servers).toFixed(1)} KB`,
  'descriptors, most at once': ({ descriptors, descriptorsIdle }) =>
    `${descriptors} (${descriptorsIdle} before the first check)`,
  'first result of every server after': ({ firstRoundMs }) =>
    `${(firstRoundMs / 1000).toFixed(1)} s`,
};

/** The report in Markdown. */
export function checksReport(
  { node, servers, intervalMs, rounds }: CheckOptions,
  pinned: string,
  loadBefore: readonly number[],
  { runner, daemon, answers }: Measured,
): string {
  const lines = Object.entries(LINES).map(
    ([name, cell]) => `| ${name} | ${cell(runner)} | ${cell(daemon)} |`,
  );
  const asked = answers.map(
    ({ what, bytes, ms, cpu }) =>
      `| \`${what}\` | ${megabytes(bytes)} | ${ms.toFixed(0)} ms | ${(cpu / 1000).toFixed(0)} ms |`,
  );
  const load = [loadBefore, loadavg()].map(([one = 0]) => one.toFixed(2));
  return `# Checks, ${new Date().toISOString().slice(0, 10)}

${count(servers)} connect checks every ${intervalMs / 1000} s, over ${rounds} intervals, after two to warm up.

- Node ${version(node, ['--version'])}, Linux ${release()}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}
- ${pinned}
- load average of the machine ${load.join(' before, ')} after

| | check runner alone | whole daemon |
| --- | --- | --- |
${lines.join('\n')}

## Asking the daemon about ${count(servers)} servers

| | answer | takes | processor time |
| --- | --- | --- | --- |
${asked.join('\n')}
`;
}

function late({ p50, p99, max }: Lateness): string {
  const ms = (value: number) => Math.max(0, value).toFixed(0);
  return `${ms(p50)}, ${ms(p99)}, ${ms(max)} ms`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 2 : 0)} MB`;
}
