import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { version } from '../machine.ts';
import type { Options } from '../options.ts';
import type { Report } from './report.ts';

/** Where a report goes: a file, and a folder beside it for the charts. */
export interface Destination {
  readonly file: string;
  readonly folder: string;
}

/** @param results  for the default, `DATE-nodeN.md`, or with a part's name `DATE-nodeN-PART.md`
 *  @returns        undefined: nowhere */
export function destination(
  { out, node }: Pick<Options, 'out' | 'node'>,
  results: string,
  part = '',
): Destination | undefined {
  if (out === '') return undefined;
  const name = [date(), nameOf(node), part].filter(Boolean).join('-');
  const file = out ?? join(results, `${name}.md`);
  return { file, folder: join(dirname(file), basename(file, extname(file))) };
}

/** Writes all of it. */
export function save({ file, folder }: Destination, { text, charts }: Report): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, text);
  for (const [name, chart] of Object.entries(charts))
    writeFileSync(join(folder, `${name}.svg`), chart);
}

/** Where the report of a part of the bench goes. */
interface Place {
  readonly node: string;
  /** As asked for; undefined: `DATE-WHAT-nodeN.md` in `results`; '': nowhere. */
  readonly out: string | undefined;
  readonly results: string;
  readonly what: string;
}

/** Writes a report without charts. @param say hears where it is */
export function saveText(
  text: string,
  { node, out, results, what }: Place,
  say: (line: string) => void,
): void {
  if (out === '') return;
  const file = out ?? join(results, `${date()}-${what}-${nameOf(node)}.md`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  say(`written to ${file}`);
}

function date(): string {
  return new Date().toISOString().slice(0, 10);
}

/** `node24` */
function nameOf(node: string): string {
  const [major = ''] = version(node, ['--version']).split('.');
  return major.replace('v', 'node');
}
