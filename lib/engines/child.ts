import { type ChildProcess, spawn } from 'node:child_process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { childEnvironment } from '../model/child-environment.ts';
import { within } from '../model/within.ts';
import { programPath } from './program-path.ts';

/** How a child came to its end. */
export type Ended =
  /** By itself, with what it printed, a character a byte. */
  | {
      readonly how: 'exit';
      readonly status: number;
      readonly stdout: string;
      /** Its first 4 KiB. */
      readonly stderr: string;
    }
  /** It could not be started; the code of the error, as in `ENOENT`. */
  | { readonly how: 'absent'; readonly code: string }
  /** By a signal of somebody else. */
  | { readonly how: 'killed'; readonly signal: string }
  /** By us: it took too long, or printed too much. */
  | { readonly how: 'late' | 'flood' };

export interface ChildHow {
  /** What it reads. */
  readonly input: string;
  /** How long it may take, milliseconds. */
  readonly ms: number;
  /** Bytes that it may print; default 64 MiB. */
  readonly outputLimit?: number;
  /** Takes what it prints as it comes, a character a byte, in pieces of 16 KiB at most, one in a turn of
   *  the event loop. What it throws is thrown here. `stdout` is empty then. */
  readonly hear?: (piece: string) => void;
  readonly signal?: AbortSignal;
}

/** A table of IPVS with 100,000 real servers is some 8 MB. */
const OUTPUT_LIMIT = 2 ** 26;
const ERROR_LIMIT = 4096;
/** Bytes that are heard in one go: of a listing of nft a millisecond's work or two. */
const SLICE = 16 * 1024;

/** Runs a program, without a shell. One that has to be ended goes with all that it started, and is
 *  not waited for: the kernel may hold it.
 *  @param program  name or path; a name is looked for in {@link programPath}
 *  @throws the signal's reason */
export async function runChild(
  program: string,
  words: readonly string[],
  { input, ms, outputLimit = OUTPUT_LIMIT, hear, signal }: ChildHow,
): Promise<Ended> {
  signal?.throwIfAborted();
  const env = { ...childEnvironment(), PATH: programPath(), LC_ALL: 'C' };
  // The head of a group of its own, by which all of it can be ended.
  const child = spawn(program, words, { env, detached: true });
  let closed = false;
  child.once('close', () => {
    closed = true;
  });
  try {
    const ended = closing(child, { outputLimit, hear, signal });
    send(child, input);
    return await within(ms, ended, () => ({ how: 'late' }));
  } finally {
    if (!closed) end(child);
  }
}

/** Why it did not do what it was to do; of one that ended by itself, all that it said about it. */
export function wordsOf(ended: Ended): string {
  switch (ended.how) {
    case 'exit':
      return ended.stderr.trim() || `exit status ${ended.status}`;
    case 'absent':
      return ended.code;
    case 'killed':
      return `ended by ${ended.signal}`;
    case 'late':
      return 'it took too long and was ended';
    case 'flood':
      return 'it printed too much and was ended';
    default:
      return ended satisfies never;
  }
}

interface Closing {
  readonly outputLimit: number;
  readonly hear: ChildHow['hear'];
  readonly signal: AbortSignal | undefined;
}

function closing(
  child: ChildProcess,
  { outputLimit, hear, signal }: Closing,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal?.reason);
    const settle = (ended: Ended) => {
      signal?.removeEventListener('abort', abort);
      resolve(ended);
    };
    signal?.addEventListener('abort', abort);
    const flood = () => settle({ how: 'flood' });
    const heard = hear
      ? hearing(child.stdout, outputLimit, flood, hear, reject)
      : undefined;
    const stdout = heard ? () => '' : gather(child.stdout, outputLimit, flood);
    const stderr = gather(child.stderr, ERROR_LIMIT, () => {});
    child.once('error', ({ code = '' }: NodeJS.ErrnoException) =>
      settle({ how: 'absent', code }),
    );
    child.once('close', async (status, by) => {
      await heard?.().catch(() => {}); // It was told of already.
      settle(
        status === null
          ? { how: 'killed', signal: String(by) }
          : { how: 'exit', status, stdout: stdout(), stderr: stderr() },
      );
    });
  });
}

function send({ stdin }: ChildProcess, input: string): void {
  stdin?.on('error', () => {}); // It may end before it has read all.
  stdin?.end(input);
}

function end(child: ChildProcess): void {
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // All of it has ended meanwhile.
  }
}

/** @returns what came, at most so many bytes; where there are more, `over` is called */
function gather(
  stream: NodeJS.ReadableStream | null,
  limit: number,
  over: () => void,
): () => string {
  const pieces: Buffer[] = [];
  let size = 0;
  stream?.on('data', (piece: Buffer) => {
    if (size < limit) pieces.push(piece.subarray(0, limit - size));
    size += piece.length;
    if (size > limit) over();
  });
  return () => Buffer.concat(pieces).toString('latin1');
}

/** Hands on what comes, in order and in slices, one in a turn of the event loop.
 *  @param over  is called where there is more than the limit
 *  @param fail  is told of what `hear` throws
 *  @returns settles when all that has come was heard */
function hearing(
  stream: NodeJS.ReadableStream | null,
  limit: number,
  over: () => void,
  hear: (piece: string) => void,
  fail: (error: unknown) => void,
): () => Promise<void> {
  let size = 0;
  let work = Promise.resolve();
  const inSlices = async (piece: Buffer) => {
    for (let from = 0; from < piece.length; from += SLICE) {
      hear(piece.toString('latin1', from, from + SLICE));
      await nextTurn();
    }
    stream?.resume();
  };
  stream?.on('data', (piece: Buffer) => {
    size += piece.length;
    if (size > limit) return over();
    stream.pause(); // Node resumes it when the child exits: what comes then waits here.
    work = work.then(() => inSlices(piece));
    work.catch(fail);
  });
  return () => work;
}
