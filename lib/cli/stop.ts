import { findInstance } from '../instance/instance.ts';
import { EXIT } from '../instance/launch.ts';
import { presence } from '../instance/pid-file.ts';
import { ended, type ProcessIdentity } from '../instance/process.ts';
import { complain, configPath, missing } from './config-file.ts';
import type { Context } from './context.ts';

/** The director's own end is bounded well below this. */
const WAIT_MS = 60_000;

/** `stop`: reads no config, so a half-edited file cannot keep a director running. */
export async function stop(context: Context): Promise<number> {
  const { line } = context;
  const found = presence(findInstance(line.instance, line.runtimeDir));
  if (found.state === 'running') return end(context, found.process);
  if (configPath(line.config) === undefined)
    return complain(context, missing(line.config));
  return EXIT.done;
}

/** Asks the process to stop and waits until it has. @returns the exit code */
export async function end(
  context: Context,
  director: ProcessIdentity,
): Promise<number> {
  signal(director, 'SIGTERM');
  if (await ended(director, WAIT_MS)) return EXIT.done;
  const { config } = context.line;
  context.err(
    `l4director: ${config} (pid ${director.pid}) has not ended within ${WAIT_MS / 1000} s`,
  );
  return EXIT.failed;
}

/** One that has ended meanwhile is no error. @throws when it is another user's */
export function signal({ pid }: ProcessIdentity, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return;
    throw new Error(`cannot send ${name} to pid ${pid}: not permitted`, {
      cause: error,
    });
  }
}
