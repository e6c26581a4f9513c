import { statSync } from 'node:fs';
import { DIRECTIVES } from './directives.ts';
import type { Findings } from './findings.ts';
import type { Setting } from './parse.ts';
import type { ValueSection } from './web.ts';

const EVERYBODY_READS = 0o004;

/** Warns, once, of a file that every user of the host may read though it holds a password.
 *  @param lines  those with one, in their order
 *  @param what   what can be read */
export function adviseOnReaders(
  path: string,
  [first]: readonly number[],
  findings: Findings,
  what = 'the password here',
): void {
  if (first === undefined) return;
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || (found.mode & EVERYBODY_READS) === 0) return;
  findings.warn(
    first,
    `every user of this host can read ${what}: expected a file for its owner and group alone, as after "chmod o= ${path}"`,
  );
}

/** The same of the files that sections of the ini name for the secrets of webhooks. */
export function adviseOnSecretFiles(
  sections: readonly Pick<ValueSection, 'keys' | 'values'>[],
  findings: Findings,
): void {
  const seen = new Set<string>();
  for (const { keys, values } of sections) {
    const path = values['webhook-secret-file'];
    const lines = keys
      .filter(({ key }) => key === 'webhook-secret-file')
      .map(({ line }) => line);
    if (path === undefined || seen.has(path)) continue;
    seen.add(path);
    adviseOnReaders(path, lines, findings, "the webhook's secret there");
  }
}

/** Whether a line holds what nobody else should know. A login alone is no secret. */
export function isSecret({ name, value }: Setting): boolean {
  const row = DIRECTIVES[name];
  if (name === 'request') return /^\/?\w+:\/\/[^/@:]*:[^/@]+@/.test(String(value));
  return 'secret' in row && name !== 'login';
}
