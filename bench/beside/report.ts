import { cpus, loadavg, release } from 'node:os';
import { version } from '../machine.ts';
import { range } from '../report/numbers.ts';
import { spread } from '../samples.ts';
import type { Calls } from './counted.ts';
import type { BesideOptions } from './options.ts';

/** What one version costs. */
export interface Cost {
  readonly calls: Calls;
  /** Bytes of heap a connection. */
  readonly bytes: number;
  /** Microseconds a connection, and a request on a kept one: a round each. */
  readonly connection: readonly number[];
  readonly request: readonly number[];
}

/** Fewer are the clock's and the collector's: they do not belong to a connection. */
const SELDOM = 0.05;

/** The report in Markdown. */
export function besideReport(
  { node, rounds, seconds, counted }: BesideOptions,
  loadBefore: readonly number[],
  now: Cost,
  other: Cost,
): string {
  const load = [loadBefore, loadavg()].map(([one = 0]) => one.toFixed(2));
  return `# This version beside another, ${new Date().toISOString().slice(0, 10)}

- Node ${version(node, ['--version'])}, Linux ${release()}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}
- load average of the machine ${load.join(' before, ')} after

## Processor time

Of the director, all threads; ${rounds} interleaved rounds of ${seconds} s with wrk, 32 at a time; medians with the lowest and highest.

| | other, us | this, us | ratio |
| --- | ---: | ---: | ---: |
${cpuLine('a connection with one request', other.connection, now.connection)}${cpuLine('a request on a kept connection', other.request, now.request)}
## System calls and allocations

Of one connection with one request, ${counted} of them one at a time; bytes that the thread that forwards takes from its heap, each allocation counted; system calls without those that less than one in twenty takes.

| | other | this |
| --- | ---: | ---: |
| bytes of heap | ${other.bytes.toFixed(0)} | ${now.bytes.toFixed(0)} |
${callLines(other.calls, now.calls)}`;
}

function cpuLine(what: string, other: readonly number[], now: readonly number[]) {
  const [before, after] = [spread(other), spread(now)];
  const ratio = after.median / before.median;
  return `| ${what} | ${range(before, 1)} | ${range(after, 1)} | ${ratio.toFixed(3)} |\n`;
}

function callLines(other: Calls, now: Calls): string {
  const names = Object.keys({ ...other, ...now }).toSorted();
  const often = (name: string) => Math.max(other[name] ?? 0, now[name] ?? 0) >= SELDOM;
  const cell = (calls: Calls, name: string) => (calls[name] ?? 0).toFixed(2);
  return names
    .filter(often)
    .map((name) => `| ${name} | ${cell(other, name)} | ${cell(now, name)} |\n`)
    .join('');
}
