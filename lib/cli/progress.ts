import { cut, printable } from './show-text.ts';

/** Where progress goes: stderr, so that the answer on stdout stays the only thing there. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Says how far something is. */
export interface Progress extends Disposable {
  show(text: string): void;
}

/** Elsewhere than on a terminal a line comes as often at most. */
const LINE_EVERY_MS = 5_000;

/** On a terminal one line that is written over, gone when disposed; elsewhere a line when the text
 *  has changed. @param now  milliseconds, monotonic */
export function createProgress(
  stream: ProgressStream,
  now = () => performance.now(),
): Progress {
  return stream.isTTY ? overwritten(stream) : lineByLine(stream, now);
}

function overwritten(stream: ProgressStream): Progress {
  return {
    show: (text) =>
      stream.write(`\r${cut(printable(text), (stream.columns ?? 80) - 1)}\u001b[K`),
    [Symbol.dispose]: () => stream.write('\r\u001b[K'),
  };
}

function lineByLine(stream: ProgressStream, now: () => number): Progress {
  let last: string | undefined;
  let at = -Infinity;
  return {
    show(text) {
      if (text === last || now() - at < LINE_EVERY_MS) return;
      last = text;
      at = now();
      stream.write(`${printable(text)}\n`);
    },
    [Symbol.dispose]: () => {},
  };
}
