import type { Outcome } from './play.ts';

const HEAD = ['target', 'inputs', 'inputs/s', 'longest, ms', 'heap, KiB', 'failures'];

/** The table, as Markdown.
 *  @param rows  by the target's name */
export function table(rows: readonly (readonly [string, Outcome])[]): string {
  const lines = [
    HEAD,
    HEAD.map((_, at) => (at === 0 ? '---' : '--:')),
    ...rows.map(cells),
  ];
  return lines.map((line) => `| ${line.join(' | ')} |\n`).join('');
}

function cells([name, outcome]: readonly [string, Outcome]): readonly string[] {
  const { inputs, seconds, longestMs, grownBytes, failures } = outcome;
  return [
    name,
    inputs.toLocaleString('en'),
    Math.round(inputs / Math.max(seconds, 0.001)).toLocaleString('en'),
    longestMs.toFixed(1),
    `${grownBytes < 0 ? '' : '+'}${Math.round(grownBytes / 1024)}`,
    String(failures.length),
  ];
}
