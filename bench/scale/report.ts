import { cpus, loadavg, release } from 'node:os';
import { version } from '../machine.ts';
import { range } from '../report/numbers.ts';
import { spread } from '../samples.ts';
import type { Case } from './daemon.ts';
import { REALS, type ScaleOptions } from './options.ts';
import type { Reload } from './reload.ts';
import type { Start } from './start.ts';

/** All measurements of one case. */
export interface Measured<T> {
  readonly is: Case;
  readonly samples: readonly T[];
}

/** A column: its head, what it shows of a sample, and with how many digits. */
type Column<T> = readonly [head: string, of: (sample: T) => number, digits: number];

const START: readonly Column<Start>[] = [
  ['all listen after, ms', ({ ms }) => ms, 0],
  ['processor time, ms', ({ cpuMs }) => cpuMs, 0],
  ['resident, MB', ({ memory }) => memory / 2 ** 20, 0],
];

const RELOAD: readonly Column<Reload>[] = [
  ['in force after, ms', ({ ms }) => ms, 0],
  ['processor time, ms', ({ cpuMs }) => cpuMs, 0],
  ['longest round trip without, ms', ({ without }) => without.longest, 1],
  ['with, ms', (reload) => reload.with.longest, 1],
  ['p99 without, ms', ({ without }) => without.p99, 2],
  ['with, ms', (reload) => reload.with.p99, 2],
];

/** The report in Markdown. */
export function scaleReport(
  { node, rounds }: Pick<ScaleOptions, 'node' | 'rounds'>,
  loadBefore: readonly number[],
  starts: readonly Measured<Start>[],
  reloads: readonly Measured<Reload>[],
): string {
  const load = [loadBefore, loadavg()].map(([one = 0]) => one.toFixed(2));
  return `# Scale, ${new Date().toISOString().slice(0, 10)}

Virtual services of ${REALS} real servers each; medians with the lowest and highest.

- Node ${version(node, ['--version'])}, Linux ${release()}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown processor'}
- load average of the machine ${load.join(' before, ')} after

## Start

From the exec of \`l4director --foreground\` until every worker listens for every service. ${rounds} starts each, in turns.

${table(starts, START)}
## Reload with one change

From SIGHUP until the one service that came listens, or the one that went no longer does. Meanwhile a client sends
a byte over a kept connection, and the next a millisecond after it is back: the longest round trip of a
second with a reload, beside that of a second without. ${2 * rounds} reloads each.

${table(reloads, RELOAD)}`;
}

function table<T>(
  measured: readonly Measured<T>[],
  columns: readonly Column<T>[],
): string {
  const heads = ['services', 'checktype', 'workers', ...columns.map(([head]) => head)];
  const lines = measured.map(({ is, samples }) => [
    String(is.services),
    is.checktype,
    String(is.workers),
    ...columns.map(([, of, digits]) => range(spread(samples.map(of)), digits)),
  ]);
  return [heads, heads.map(() => '---:'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}
