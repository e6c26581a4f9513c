import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const STOP_MS = 5_000;

/** The director as a process of its own, as an operator would run it. */
export interface DirectorProcess {
  readonly pid: number | undefined;
  /** Settles when it has ended, for whatever reason: `code 2`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  /** SIGTERM, and SIGKILL when that does not help within 5 s. */
  stop(): Promise<void>;
}

/** In a session of its own: Ctrl-C and the end of the terminal are for us to handle.
 *  @param log  called with every line it writes */
export function startDirector(
  args: readonly string[],
  log: (line: string) => void,
): DirectorProcess {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  process.once('exit', () => child.kill('SIGTERM'));
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', log);
  const ended = endOf(child);
  return { pid: child.pid, ended, stop: () => stop(child, ended) };
}

async function endOf(child: ChildProcess): Promise<string> {
  const [code, signal] = await once(child, 'close');
  return code === null ? `signal ${signal}` : `code ${code}`;
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(hard);
}
