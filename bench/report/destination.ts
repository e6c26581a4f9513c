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

/** @param results  for the default, `DATE-nodeN.md`
 *  @returns        undefined: nowhere */
export function destination(
  { out, node }: Options,
  results: string,
): Destination | undefined {
  if (out === '') return undefined;
  const [major = ''] = version(node, ['--version']).split('.');
  const date = new Date().toISOString().slice(0, 10);
  const file = out ?? join(results, `${date}-${major.replace('v', 'node')}.md`);
  return { file, folder: join(dirname(file), basename(file, extname(file))) };
}

/** Writes all of it. */
export function save({ file, folder }: Destination, { text, charts }: Report): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, text);
  for (const [name, chart] of Object.entries(charts))
    writeFileSync(join(folder, `${name}.svg`), chart);
}
