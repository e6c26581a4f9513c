import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { childEnvironment } from '../model/child-environment.ts';
import { within } from '../model/within.ts';
import { withoutRights } from '../model/without-rights.ts';
import { noteLack } from './own-lack.ts';

/** How a child ended: by itself with a status, or by a signal. */
export interface ChildEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The first 4,096 bytes of what it wrote, stdout and stderr as they came. */
  readonly output: string;
}

const OUTPUT_LIMIT = 4096;
/** From SIGTERM to SIGKILL. */
const MERCY_MS = 300;
/** For the rest of the output, when a grandchild keeps the pipe open. */
const DRAIN_MS = 200;

/** Runs a program without a shell, in a process group of its own, with {@link childEnvironment} and
 *  {@link withoutRights}.
 *  On abort the whole group is ended, children included, and its end awaited.
 *  Rejects when the program cannot be run, or with the signal's reason. */
export async function runChild(
  file: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<ChildEnd> {
  signal.throwIfAborted();
  const child = spawn(...withoutRights(file, args), {
    env: childEnvironment(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // First: it hears 'error' too, which ends the process where nobody does.
  const exit = once(child, 'exit');
  const output = collect(child);
  const gone = exit.then(ignore, ignore);
  const end = () => void endGroup(child, gone);
  signal.addEventListener('abort', end, { once: true });
  try {
    const [status, by] = await exit;
    await within(DRAIN_MS, output.done, () => {});
    if (signal.aborted) killGroup(child, 'SIGKILL');
    signal.throwIfAborted();
    return { status, signal: by, output: output.text() };
  } catch (error) {
    noteLack(error, signal);
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

async function endGroup(child: ChildProcess, exit: Promise<void>): Promise<void> {
  killGroup(child, 'SIGTERM');
  await within(MERCY_MS, exit, () => {});
  killGroup(child, 'SIGKILL');
}

/** The leader may be gone and its children not: the group goes by the leader's id. */
function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: nobody is left in it.
  }
}

function collect({ stdout, stderr }: ChildProcess) {
  let text = '';
  // Undefined, against the types, when no descriptor was left for a pipe.
  const streams = [stdout, stderr].flatMap((stream) => stream ?? []);
  // Read to the end: a child must not block on a full pipe.
  for (const stream of streams)
    stream.on('data', (bytes: Buffer) => {
      if (text.length < OUTPUT_LIMIT) text += bytes.toString('latin1', 0, OUTPUT_LIMIT);
    });
  return {
    done: Promise.all(streams.map((stream) => once(stream, 'close'))).then(
      ignore,
      ignore,
    ),
    text: () => text.slice(0, OUTPUT_LIMIT),
  };
}

function ignore(): void {}
