import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { childEnvironment } from '../../model/child-environment.ts';
import { TimeLimit } from '../../model/time-limit.ts';
import { within } from '../../model/within.ts';
import { signalGroup } from '../local/process-group.ts';
import type { Programs } from '../local/programs.ts';

/** How a program came to its end. */
export interface ProgramEnd {
  /** Its exit status; undefined: a signal ended it. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramHow {
  /** Added to this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** How long it may take, milliseconds. */
  readonly ms: number;
  readonly signal: AbortSignal;
  /** What it starts may outlive it, and goes on writing: see {@link runProgram}. */
  readonly leavesDaemon?: boolean;
  /** Where it stands while it runs; undefined: it may outlive this process. */
  readonly programs?: Programs;
}

/** `ip -json` says some 500 bytes of an address. */
const OUTPUT_LIMIT = 2 ** 22;
/** What is read of a script that may leave a daemon. */
const FILE_LIMIT = 4096;
/** From SIGTERM to SIGKILL. */
const MERCY_MS = 1000;
/** From SIGKILL to its end. A program that waits for a disk that is gone has none. */
const LAST_MS = 2000;
/** For the rest of the output, when a grandchild keeps the pipe open. */
const DRAIN_MS = 200;
const SBIN = '/usr/local/sbin:/usr/sbin:/sbin';

/** Runs a program without a shell, in a process group of its own. At its time-out and on abort the group is
 *  ended, and its end awaited, for three seconds. What a script started that has ended by itself goes on.
 *  With `leavesDaemon` its output goes to a file that has no name any more: a pipe would end with this
 *  process, and kill a daemon that writes to it later.
 *  @throws Error  when it cannot be run, took too long, or does not end even so; the signal's reason */
export async function runProgram(
  file: string,
  args: readonly string[],
  { env = {}, ms, signal, leavesDaemon = false, programs }: ProgramHow,
): Promise<ProgramEnd> {
  signal.throwIfAborted();
  await using output = leavesDaemon ? await toFile() : toPipes();
  const child = spawn(file, args, {
    env: { ...childEnvironment(), PATH: `${process.env.PATH ?? ''}:${SBIN}`, ...env },
    cwd: '/',
    detached: true,
    stdio: output.stdio,
  });
  programs?.add(child);
  output.take(child);
  const exit = once(child, 'exit');
  using limit = new TimeLimit(ms, signal);
  const [status] = await Promise.race([exit, ended(child, exit, limit.signal)]);
  if (limit.signal.aborted) signalGroup(child.pid, 'SIGKILL');
  limit.signal.throwIfAborted();
  return { status: status ?? undefined, ...(await output.read()) };
}

/** Why it failed, in one line; undefined: it did not.
 *  @param end  of a program whose exit status 0 is success */
export function failureOf({ status, stdout, stderr }: ProgramEnd): string | undefined {
  if (status === 0) return undefined;
  const how = status === undefined ? 'ended by a signal' : `exit status ${status}`;
  const said = (stderr.trim() || stdout.trim()).split('\n').at(-1)?.slice(0, 200);
  return said ? `${how}: ${said}` : how;
}

interface Output extends AsyncDisposable {
  readonly stdio: StdioOptions;
  take(child: ChildProcess): void;
  read(): Promise<Pick<ProgramEnd, 'stdout' | 'stderr'>>;
}

function toPipes(): Output {
  let streams: readonly Gathered[] = [];
  return {
    stdio: ['ignore', 'pipe', 'pipe'],
    take: ({ stdout, stderr }) => {
      streams = [new Gathered(stdout), new Gathered(stderr)];
    },
    read: async () => {
      await within(DRAIN_MS, Promise.all(streams.map(({ done }) => done)), () => []);
      const [stdout = '', stderr = ''] = streams.map(({ text }) => text);
      return { stdout, stderr };
    },
    [Symbol.asyncDispose]: async () => {
      for (const stream of streams) stream.close();
    },
  };
}

/** One for both, so that lines stand as they came. */
async function toFile(): Promise<Output> {
  const file = await nameless();
  return {
    stdio: ['ignore', file?.fd ?? 'ignore', file?.fd ?? 'ignore'],
    take: ignore,
    read: async () => {
      const { buffer, bytesRead } = (await file?.read({
        buffer: Buffer.alloc(FILE_LIMIT),
        position: 0,
      })) ?? { buffer: Buffer.alloc(0), bytesRead: 0 };
      return { stdout: buffer.toString('utf8', 0, bytesRead), stderr: '' };
    },
    [Symbol.asyncDispose]: async () => file?.close(),
  };
}

/** @returns undefined where the disk takes none: an address is taken over all the same */
async function nameless(): Promise<FileHandle | undefined> {
  const path = join(tmpdir(), `l4heartbeat-${randomBytes(8).toString('hex')}`);
  try {
    const file = await open(path, 'ax+', 0o600);
    await unlink(path);
    return file;
  } catch {
    return undefined;
  }
}

class Gathered {
  text = '';
  readonly done: Promise<void>;
  readonly close: () => void;

  /** @param stream  null, against the types of spawn, when no descriptor was left for a pipe */
  constructor(stream: Readable | null) {
    this.close = () => stream?.destroy();
    this.done = stream ? once(stream, 'close').then(ignore, ignore) : Promise.resolve();
    stream?.on('data', (bytes: Buffer) => {
      // Read to the end: a child must not block on a full pipe.
      if (this.text.length < OUTPUT_LIMIT)
        this.text += bytes.toString('utf8', 0, OUTPUT_LIMIT);
    });
  }
}

/** What `exit` yields, once the signal is aborted and its group ended.
 *  Rejects when it does not end even by SIGKILL. */
function ended(
  child: ChildProcess,
  exit: Promise<unknown[]>,
  signal: AbortSignal,
): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const end = async () => {
      const gone = exit.then(ignore, ignore);
      signalGroup(child.pid, 'SIGTERM');
      await within(MERCY_MS, gone, ignore);
      signalGroup(child.pid, 'SIGKILL');
      await within(LAST_MS, gone, async () => {
        throw new Error(`process ${child.pid} does not end, not even by SIGKILL`);
      });
      return exit;
    };
    const begin = () => void end().then(resolve, reject);
    signal.addEventListener('abort', begin, { once: true });
    exit.then(
      () => signal.removeEventListener('abort', begin),
      () => signal.removeEventListener('abort', begin),
    );
    if (signal.aborted) begin();
  });
}

function ignore(): void {}
