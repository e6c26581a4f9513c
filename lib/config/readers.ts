import { statSync } from 'node:fs';
import { DIRECTIVES } from './directives.ts';
import type { Findings } from './findings.ts';
import type { Setting } from './parse.ts';

const EVERYBODY_READS = 0o004;

/** Warns, once, of a file that every user of the host may read though it holds a password.
 *  @param lines  those with one, in their order */
export function adviseOnReaders(
  path: string,
  [first]: readonly number[],
  findings: Findings,
): void {
  if (first === undefined) return;
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || (found.mode & EVERYBODY_READS) === 0) return;
  findings.warn(
    first,
    `every user of this host can read the password here: expected a file for its owner and group alone, as after "chmod o= ${path}"`,
  );
}

/** Whether a line holds what nobody else should know. A login alone is no secret. */
export function isSecret({ name, value }: Setting): boolean {
  const row = DIRECTIVES[name];
  if (name === 'request') return /^\/?\w+:\/\/[^/@:]*:[^/@]+@/.test(String(value));
  return 'secret' in row && name !== 'login';
}
