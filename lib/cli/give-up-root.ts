import { dirname, resolve } from 'node:path';
import { capabilitiesFor } from '../config/capabilities.ts';
import type { Config } from '../config/config.ts';
import { becoming, cannotBecome } from '../instance/become.ts';
import { ownInstance, SYSTEM } from '../instance/instance.ts';
import type { Mode } from '../instance/launch.ts';
import { endQuarters, prepareQuarters } from '../instance/quarters.ts';
import { rootsFolder } from '../instance/roots-folder.ts';
import { isSuccessor } from '../instance/succession.ts';
import type { CommandLine } from './command-line.ts';

/** How a start goes on as another user. */
export interface Guise {
  /** Stands before the command. */
  readonly words: readonly string[];
  /** What the director is told of its folders. */
  readonly line: CommandLine;
  readonly env: NodeJS.ProcessEnv;
}

interface Start {
  readonly line: CommandLine;
  readonly mode: Mode;
  /** Of the config, absolute. */
  readonly path: string;
  readonly config: Config;
  /** For the log. */
  tell(words: string): void;
}

/** Where root starts a director that is to be another user: makes all ready for it. Undefined: it stays
 *  who it is. The director itself never was root, and binds every address as that user: with
 *  SO_REUSEPORT another one could not join.
 *  @throws Error in words for the operator */
export function guiseFor({ line, mode, path, config, tell }: Start): Guise | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const runtimeDir = line.runtimeDir === undefined ? SYSTEM : resolve(line.runtimeDir);
  const usual = ownInstance(line.instance, line.runtimeDir && runtimeDir);
  const { user, file } = config.options;
  if (!user) {
    for (const words of endQuarters(runtimeDir, usual)) tell(words);
    return undefined;
  }
  if (isSuccessor())
    throw new Error(
      `[daemon] user = ${user.name}: one that runs as root cannot hand over to it: restart it`,
    );
  const identity = { ...user, capabilities: [...capabilitiesFor(config).keys()] };
  const obstacle = cannotBecome(identity, [
    path,
    ...(file === undefined ? [] : [file]),
    ...secretsOf(config),
  ]);
  if (obstacle !== undefined) throw new Error(obstacle);
  const logs = logsOf(config, mode);
  const quarters = prepareQuarters(runtimeDir, usual, user, logs);
  for (const words of quarters.told) tell(words);
  return {
    words: becoming(identity),
    line: { ...line, runtimeDir: quarters.runtimeDir },
    env: {
      ...process.env,
      STATE_DIRECTORY: quarters.stateDir,
      ...{ HOME: user.home, USER: user.name, LOGNAME: user.name },
    },
  };
}

/** Whether this process may write to the log: root not where the user that the director is else has a say
 *  in what the name stands for. */
export function mayLog({ global: { logfile }, options: { user } }: Config): boolean {
  const isOurs = !user || process.getuid?.() !== 0 || !logfile.startsWith('/');
  return isOurs || rootsFolder(dirname(logfile)) !== undefined;
}

/** Files with secrets that the director reads while it runs. */
function secretsOf({ virtuals }: Config): ReadonlySet<string> {
  return new Set(virtuals.flatMap(({ options }) => options.webhookSecretFile ?? []));
}

/** Files that the director writes lines to, by their absolute paths. */
function logsOf({ global, virtuals, options }: Config, mode: Mode): readonly string[] {
  const attached = mode === 'debug' || mode === 'supervised';
  return [
    ...(attached ? [] : [global.logfile]),
    ...(virtuals.some(({ options }) => options.logConnections)
      ? [options.connectionsFile]
      : []),
    ...virtuals.flatMap(({ monitorfile }) => monitorfile?.trim() ?? []),
  ].filter((path) => path.startsWith('/'));
}

/** Takes this process's place, with its pid and its streams.
 *  @throws Error in words for the operator, and else never returns */
export function goOnAs({ words, env }: Guise, command: readonly string[]): never {
  if (!process.execve)
    throw new Error(
      '[daemon] user: a director in the foreground becomes another user with Node 22.15 or later: take that, have the service manager do it (User=), or start it in the background',
    );
  const given = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  process.execve(
    '/usr/bin/env',
    ['env', ...words, ...command],
    Object.fromEntries(given),
  );
  throw new Error('it could not be replaced');
}
