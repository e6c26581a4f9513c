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
