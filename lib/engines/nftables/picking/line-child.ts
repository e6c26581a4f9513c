import { spawn } from 'node:child_process';
import { childEnvironment } from '../../../model/child-environment.ts';
import { lineCutter } from '../../lines.ts';

/** What is made of a child's output. */
export interface Listener {
  line(line: string): void;
  /** A line past the limit was left out. */
  longLine(): void;
  /** A line of its stderr. */
  complaint(line: string): void;
}

/** Longest line that is looked at; those of flows have some 200 characters, 400 with IPv6. */
const LINE_LIMIT = 1024;

/** Runs a program that only reads until it ends, and reads what it writes to the last line. On
 *  abort it is killed, and its end awaited; no line is heard after that.
 *  @returns why it ended, undefined for exit status 0 or after an abort; never rejects */
export function runLines(
  [file = '', ...args]: readonly string[],
  { line, longLine, complaint }: Listener,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  const ended = new Promise<string | undefined>((resolve) => {
    const child = spawn(file, args, {
      env: childEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const kill = () => child.kill('SIGKILL');
    const end = (problem: string | undefined) => {
      signal.removeEventListener('abort', kill);
      resolve(signal.aborted ? undefined : problem);
    };
    const hear =
      <T extends unknown[]>(listener: (...args: T) => void) =>
      (...args: T) => {
        if (!signal.aborted) listener(...args);
      };
    signal.addEventListener('abort', kill, { once: true });
    child.once('error', ({ message }) => end(message));
    child.once('close', (status, by) =>
      end(status === 0 ? undefined : `it ended by ${by ?? `exit status ${status}`}`),
    );
    // Undefined, against the types, when no descriptor was left for a pipe.
    child.stdout
      ?.setEncoding('latin1')
      .on('data', lineCutter(LINE_LIMIT, hear(line), hear(longLine)));
    child.stderr?.setEncoding('latin1').on(
      'data',
      lineCutter(LINE_LIMIT, hear(complaint), () => {}),
    );
  });
  return ended.catch(String); // What spawn() throws: no memory, a NUL in a word.
}
