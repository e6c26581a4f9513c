import { askBriefly } from '../control/ask-briefly.ts';
import { findInstance } from '../instance/instance.ts';
import { EXIT } from '../instance/launch.ts';
import { READY_OF } from '../model/readiness.ts';
import { reasonOf } from '../model/reason.ts';
import type { Context } from './context.ts';
import { printable } from './show-text.ts';

/** What is asked, of a command line. */
export interface Asked {
  readonly instance: string;
  readonly runtimeDir: string | undefined;
  readonly operands: readonly string[];
  /** As typed: a time in the form of the ini. */
  readonly timeout: string | undefined;
}

/** One that is so busy that it says nothing for a second serves nobody well. */
const TIMEOUT_MS = 1_000;

/** `ready [director]`: exit code 0 when clients would be served here, 1 when not, be it that there is no
 *  director. Says how it is in one line, and reads no config: engines of high availability ask every second, so
 *  that it loads no more than it must. */
export async function ready({
  line,
  out,
  err,
}: Pick<Context, 'out' | 'err'> & { readonly line: Asked }): Promise<number> {
  const [name = 'services'] = line.operands;
  if (!READY_OF.some((known) => known === name)) {
    err(printable(`ready ${name}: expected ready, or ready director`));
    return EXIT.usage;
  }
  const timeoutMs = await timeoutOf(line.timeout);
  if (typeof timeoutMs === 'string') {
    err(printable(timeoutMs));
    return EXIT.usage;
  }
  try {
    const { socket } = findInstance(line.instance, line.runtimeDir);
    const found = await askBriefly(socket, `/v1/ready?of=${name}`, timeoutMs);
    if (!isReady(found)) throw new Error(`${socket} did not answer as a director does`);
    out(printable(`ready: ${found.words}`));
    return EXIT.done;
  } catch (error) {
    const why = reasonOf(error);
    out(printable(`not ready: ${why}`));
    return EXIT.failed;
  }
}

/** @returns milliseconds, or what is wrong */
async function timeoutOf(text: string | undefined): Promise<number | string> {
  if (text === undefined) return TIMEOUT_MS;
  const { timeOf } = await import('./time-text.ts');
  try {
    return timeOf('timeout', text);
  } catch (error) {
    return reasonOf(error);
  }
}

function isReady(found: unknown): found is { readonly words: string } {
  return (
    typeof found === 'object' &&
    found !== null &&
    'ready' in found &&
    found.ready === true &&
    'words' in found &&
    typeof found.words === 'string'
  );
}
