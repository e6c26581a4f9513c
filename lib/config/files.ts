import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Findings } from './findings.ts';
import type { ParsedFile, Setting } from './parse.ts';
import { trimBlanks } from './values.ts';

/** Looks whether the files that the config names can be written, and creates none. ldirectord
 *  opens them for append while it reads, and refuses the line if that fails. */
export function checkFiles(
  { globals, sections }: ParsedFile,
  findings: Findings,
  debug: boolean,
): void {
  for (const { line, value } of opened(globals, debug))
    checkAppend('logfile', String(value), line, findings);
  for (const { value, line } of named(globals, 'maintenancedir'))
    if (!isDirectory(String(value)))
      findings.warn(line, `maintenancedir = ${value}: there is no such directory`);
  for (const { settings } of sections)
    for (const { value, line } of named(settings, 'monitorfile'))
      checkAppend('monitorfile', String(value), line, findings);
}

/** Log files that ldirectord would open: paths, and only while it does not log to a terminal. */
function opened(globals: readonly Setting[], debug: boolean): readonly Setting[] {
  let supervised = false;
  return globals.filter(({ name, value }) => {
    if (name === 'supervised') supervised = value === true;
    return name === 'logfile' && !debug && !supervised && String(value).startsWith('/');
  });
}

function named(settings: readonly Setting[], name: string): readonly Setting[] {
  return settings.filter((setting) => setting.name === name);
}

function checkAppend(
  name: string,
  path: string,
  line: number,
  findings: Findings,
): void {
  const why = cannotAppend(path);
  if (why !== undefined)
    findings.error(
      line,
      `${name} = ${path}: unable to open it for append (${why}): expected a file that can be written, as in "/var/log/ldirectord.log"`,
    );
}

/** Why the file could not be opened for append; undefined when it could. Blanks around the name
 *  do not count: that is Perl's doing. */
function cannotAppend(untrimmed: string): string | undefined {
  const path = trimBlanks(untrimmed);
  if (path === '') return 'no name';
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory()) return 'it is a directory';
    if (there === undefined && path.endsWith('/')) return 'no such directory';
    accessSync(there ? path : dirname(path), constants.W_OK);
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  }
}

/** A name that is too long, or has a NUL in it, is none. */
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
