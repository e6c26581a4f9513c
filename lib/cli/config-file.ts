import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Config, formatDiagnostic } from '../config/config.ts';
import { findConfig, type ReadOptions, readConfig } from '../config/index.ts';
import { EXIT } from '../instance/launch.ts';
import type { Context } from './context.ts';

/** The config file of a command, read. `path` is what messages call it: as found, so a
 *  relative name stays relative. */
type ConfigFile =
  | { readonly ok: true; readonly path: string; readonly config: Config }
  | Unusable;

interface Unusable {
  readonly ok: false;
  readonly exitCode: number;
  /** For stderr, a line each. */
  readonly complaints: readonly string[];
}

/** Where the config is, as messages name it; undefined: there is none. */
export function configPath(name: string): string | undefined {
  const found = findConfig(name);
  return found === resolve(name) ? name : found;
}

/** @param how  what is not as the command line says */
export async function readConfigFile(
  { line }: Context,
  how: Pick<ReadOptions, 'resolve'> = {},
): Promise<ConfigFile> {
  const path = configPath(line.config);
  if (path === undefined) return missing(line.config);
  const result = await readConfig(path, {
    ...(line.ini === undefined ? {} : { ini: line.ini }),
    debug: line.debug,
    ...how,
  });
  if (result.ok) return { ok: true, path, config: result.config };
  return {
    ok: false,
    exitCode: EXIT.badConfig,
    complaints: [...result.warnings, ...result.errors].map(formatDiagnostic),
  };
}

/** The same for a director that is to run, and will read the file again. */
export async function readLastingFile(context: Context): Promise<ConfigFile> {
  const path = configPath(context.line.config);
  if (path === undefined || lasts(path)) return readConfigFile(context);
  const complaint = `${path}: a director reads its config again: expected a regular file, as in "/etc/ha.d/ldirectord.cf"; only configtest takes a pipe`;
  return { ok: false, exitCode: EXIT.failed, complaints: [complaint] };
}

/** A pipe can be read only once, and what /dev/stdin is depends on who asks. To ldirectord a pipe
 *  is not found. */
function lasts(path: string): boolean {
  const found = statSync(path);
  if (found.isDirectory()) return true; // reading it says so
  return found.isFile() && !/^\/(?:dev|proc)\//.test(resolve(path));
}

export function missing(name: string): Unusable {
  return {
    ok: false,
    exitCode: EXIT.failed,
    complaints: [`Config file ${name} not found`],
  };
}

/** Says why a config cannot be used. @returns the exit code for it */
export function complain({ err }: Context, file: Unusable): number {
  file.complaints.forEach(err);
  return file.exitCode;
}
