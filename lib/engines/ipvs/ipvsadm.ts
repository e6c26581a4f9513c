import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { oneLine, unusable } from './problem.ts';

/** ipvsadm(8) as a child process, one call at a time, without a shell. */
export interface Ipvsadm {
  /** @returns what it printed
   *  @throws Unusable  no call would do better: it is not there, may not, or finds no IPVS
   *  @throws Refused   this call was refused */
  run(words: readonly string[], signal: AbortSignal): Promise<string>;
  /** Many calls in one process, one after the other. A refused one stops none behind it, a
   *  misspelt one all. @throws as {@link run} does, without saying which was refused */
  restore(calls: readonly (readonly string[])[], signal: AbortSignal): Promise<void>;
}

/** ipvsadm cannot do anything at all here; the message says why, with the mend. */
export class Unusable extends Error {}
/** The kernel or ipvsadm refused a call; the message is what it said. */
export class Refused extends Error {}

/** For one call. */
const CALL_MS = 10_000;
/** On top of that for each line of a batch. */
const LINE_MS = 1;
/** A table of 100,000 real servers is some 8 MB. */
const OUTPUT_LIMIT = 2 ** 26;
const ERROR_LIMIT = 4096;
/** Where ipvsadm stands, whatever the PATH that cron or init gave. */
const FOLDERS = '/usr/local/sbin:/usr/sbin:/sbin';

export interface IpvsadmOptions {
  /** Name or path; a name is looked for in PATH, and where system programs are. Default
   *  `ipvsadm`. */
  readonly program?: string | undefined;
  /** How long a call may take; default 10 s. */
  readonly callMs?: number;
}

export function createIpvsadm({
  program = 'ipvsadm',
  callMs: ms = CALL_MS,
}: IpvsadmOptions = {}): Ipvsadm {
  return {
    async run(words, signal) {
      const { stdout } = await call(program, words, { input: '', ms, signal });
      return stdout;
    },
    async restore(calls, signal) {
      const lines = calls.map((words) => `${words.join(' ')}\n`);
      const how = { input: lines.join(''), ms: ms + LINE_MS * lines.length, signal };
      const { stderr } = await call(program, ['--restore'], how);
      // Its exit status is that of the last line.
      if (stderr !== '') throw new Refused(stderr);
    },
  };
}

interface CallHow {
  readonly input: string;
  readonly ms: number;
  readonly signal: AbortSignal;
}

interface Said {
  readonly stdout: string;
  /** On one line. */
  readonly stderr: string;
}

async function call(
  program: string,
  words: readonly string[],
  { input, ms, signal }: CallHow,
): Promise<Said> {
  signal.throwIfAborted();
  const child = spawn(program, words, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, PATH: `${process.env.PATH ?? ''}:${FOLDERS}` },
    timeout: ms,
    killSignal: 'SIGKILL',
    signal,
  });
  const closed = once(child, 'close');
  const stdout = gather(child.stdout, OUTPUT_LIMIT, () => child.kill('SIGKILL'));
  const stderr = gather(child.stderr, ERROR_LIMIT, () => {});
  // It may end before it has read all.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  const [status, killed] = await ended(closed, program);
  const said = oneLine(stderr());
  if (status === 0) return { stdout: stdout(), stderr: said };
  const problem = unusable(said);
  if (problem !== undefined) throw new Unusable(problem);
  if (killed === null) throw new Refused(said || `exit status ${status}`);
  throw new Unusable(endOf(child, killed, ms));
}

/** @throws Unusable  when it cannot be run, or the signal's reason */
async function ended(
  closed: Promise<unknown[]>,
  program: string,
): Promise<[number | null, string | null]> {
  try {
    return (await closed) as [number | null, string | null];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ABORT_ERR') throw error;
    throw new Unusable(unusable(code ?? '') ?? `${program} cannot be run: ${message}`);
  }
}

function endOf({ killed }: ChildProcess, signal: string, ms: number): string {
  return killed
    ? `ipvsadm did not answer within ${ms / 1000} s, or said too much, and was ended: "ipvsadm -L -n" by hand shows what holds it up`
    : `ipvsadm was ended by ${signal}`;
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
    size += piece.length;
    if (size <= limit) pieces.push(piece);
    else over();
  });
  return () => Buffer.concat(pieces).toString('latin1');
}
