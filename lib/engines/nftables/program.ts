import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a program ended, and what it said. */
export interface Ended {
  /** Undefined: it could not be run at all, and `words` says why. */
  readonly code: number | undefined;
  readonly output: string;
  /** The first 4 KiB of its stderr, or why it was ended. */
  readonly words: string;
}

/** A transaction over a thousand services takes a second or two. */
const TIMEOUT_MS = 30_000;
const OUTPUT_LIMIT = 256 * 2 ** 20;
const WORDS_LIMIT = 4096;

/** Runs a program to its end with that input, in a process group of its own; also from /usr/sbin, which cron's PATH lacks. It is
 *  killed when it takes longer than 30 s or says more than 256 MiB. Never rejects. */
export async function runProgram(
  [program = '', ...args]: readonly string[],
  input = '',
): Promise<Ended> {
  const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  const env = { ...process.env, PATH, LC_ALL: 'C' };
  const child = spawn(program, args, { env, detached: true });
  const output: Buffer[] = [];
  let size = 0;
  let words = '';
  const end = (why: string) => {
    words = why;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  const timer = setTimeout(end, TIMEOUT_MS, `no end within ${TIMEOUT_MS} ms`);
  child.stdout.on('data', (bytes: Buffer) => {
    size += bytes.length;
    if (size <= OUTPUT_LIMIT) output.push(bytes);
    else end(`more than ${OUTPUT_LIMIT} bytes of output`);
  });
  child.stderr.on('data', (bytes: Buffer) => {
    if (words.length < WORDS_LIMIT) words += bytes.toString('utf8', 0, WORDS_LIMIT);
  });
  child.stdin.on('error', () => {}); // It ended before it had read all: its exit code says why.
  child.stdin.end(input);
  try {
    const [code] = await once(child, 'close');
    return { code: code ?? 1, output: Buffer.concat(output).toString('utf8'), words };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { code: undefined, output: '', words };
  } finally {
    clearTimeout(timer);
  }
}
