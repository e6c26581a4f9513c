import { isSocket, leftBeside, mayAnswer } from '../instance/beside.ts';
import { findInstance, type Instance } from '../instance/instance.ts';
import { EXIT } from '../instance/launch.ts';
import { lockHolder } from '../instance/lock.ts';
import { presence } from '../instance/pid-file.ts';
import {
  ended,
  identify,
  isDirector,
  type ProcessIdentity,
} from '../instance/process.ts';
import { complain, configPath, missing } from './config-file.ts';
import type { Context } from './context.ts';

/** The director's own end is bounded well below this. */
const WAIT_MS = 60_000;
/** To one that a younger one has told to stop. */
const PASSED_ON_MS = 15_000;
/** For a director to say which process it is. */
const ANSWER_MS = 1_000;

/** `stop`: reads no config, so a half-edited file cannot keep a director running. */
export async function stop(context: Context): Promise<number> {
  const { line } = context;
  const instance = findInstance(line.instance, line.runtimeDir);
  const found = presence(instance);
  if (found.state === 'running') return end(context, found.process);
  const director = found.state === 'stale' ? await unnamed(instance) : undefined;
  if (director) return end(context, director);
  const left = leftBeside(instance.socket);
  if (left.length > 0) return endLeft(context, left);
  if (configPath(line.config) === undefined)
    return complain(context, missing(line.config));
  return EXIT.done;
}

/** Where its pid file was damaged: the director that answers on its socket or, where that one hangs, has its lock.
 *  One without a pid file is not seen, as that of `-d`. @returns undefined where there is none */
async function unnamed({
  name,
  socket,
  lock,
}: Instance): Promise<ProcessIdentity | undefined> {
  if (!isSocket(socket)) return undefined;
  const { readStatus } = await import('../control/client.ts');
  const status = await readStatus(socket, { timeoutMs: ANSWER_MS }).catch(() => {});
  const pid = status?.pid ?? lockHolder(lock)?.pid ?? 0;
  return pid > 0 && isDirector(pid, name) && mayAnswer(socket, pid)
    ? identify(pid)
    : undefined;
}

/** Ends those that have handed over to one that was killed, and go on with what they have open.
 *  @param left  the youngest first: it passes a stop on to those before it
 *  @returns     the exit code */
export async function endLeft(
  context: Context,
  left: readonly ProcessIdentity[],
): Promise<number> {
  let code: number = EXIT.done;
  for (const [at, one] of left.entries()) {
    // A second signal would cut its end short.
    if (at > 0 && (await ended(one, PASSED_ON_MS))) continue;
    code = Math.max(code, await end(context, one));
  }
  return code;
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
