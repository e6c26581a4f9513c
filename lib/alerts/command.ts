import { spawn } from 'node:child_process';
import { childEnvironment } from '../model/child-environment.ts';
import type { Log } from '../model/log.ts';
import { withoutRights } from '../model/without-rights.ts';

/** From TERM to KILL for a command that does not end when told to. */
const GRACE_MS = 2000;

/** How long a command may run, and what ends it earlier. */
export interface CommandLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Default: {@link childEnvironment}. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a command line through `/bin/sh`, as system() of ldirectord does: {@link runProgram}. Failure is
 *  logged (`system(CMD) failed: ...`), never thrown.
 *  @returns whether it ended with exit status 0 */
export async function runCommand(
  command: string,
  limits: CommandLimits,
  log: Log,
): Promise<boolean> {
  if (limits.signal.aborted) return false;
  const late = () =>
    log.error(
      `system_timeout(${limits.timeoutMs / 1000}, ${command}) timed out, kill -TERM child`,
    );
  const problem = await runProgram('/bin/sh', ['-c', command], limits, late);
  if (problem !== undefined) log.error(`system(${command}) failed: ${problem}`);
  return problem === undefined;
}

/** Runs a program {@link withoutRights}, and settles when it has ended; past the time-out, or when aborted,
 *  it gets TERM, then KILL, and its children with it. Its output goes nowhere: a server that it leaves in the
 *  background must not die of a closed pipe. Never rejects.
 *  @param late  called when its time is over
 *  @returns why it failed; undefined: exit status 0 */
export async function runProgram(
  file: string,
  args: readonly string[],
  { timeoutMs, signal, env = childEnvironment() }: CommandLimits,
  late: () => void,
): Promise<string | undefined> {
  if (signal.aborted) return 'aborted';
  const stop = new AbortController();
  const abort = () => stop.abort();
  signal.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => {
    late();
    stop.abort();
  }, timeoutMs);
  // What spawn() throws (no memory, a NUL in the command) is a failure like others.
  const problem = await ended(withoutRights(file, args), env, stop.signal).catch(
    String,
  );
  clearTimeout(timer);
  signal.removeEventListener('abort', abort);
  return problem;
}

/** @returns why it failed; undefined: exit status 0 */
function ended(
  command: ReturnType<typeof withoutRights>,
  env: NodeJS.ProcessEnv,
  stop: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(...command, {
      env,
      stdio: 'ignore',
      detached: true,
    });
    let kill: NodeJS.Timeout | undefined;
    stop.addEventListener('abort', () => {
      signalGroup(child.pid, 'SIGTERM');
      kill = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS);
    });
    const end = (problem: string | undefined) => {
      clearTimeout(kill);
      resolve(problem);
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, name) => {
      if (code === 0) end(undefined);
      else end(name === null ? `exit status ${code}` : `killed by ${name}`);
    });
  });
}

/** Signals a child that leads a process group, and all that it started in it; one that has ended
 *  is no error. */
export function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // It ended in this very moment.
  }
}
