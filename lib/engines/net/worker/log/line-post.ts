import type { FromWorker } from '../../protocol.ts';

/** Lines wait no longer than this for more, and no more bytes than these go at once. */
const WAIT_MS = 100;
const POST_BYTES = 64 * 1024;
/** Posts that the main thread has not taken yet: a second or two of all that a worker can do. */
const MOST_UNTAKEN = 32;

type Tell = (message: FromWorker) => void;

/** A worker's way to the connection log: lines go in batches to the main thread, which owns the file. While
 *  it does not take them, a few megabytes wait; what comes on top is dropped and counted. */
export class LinePost {
  readonly #tell: Tell;
  #text = '';
  #lines = 0;
  #dropped = 0;
  #untaken = 0;
  #ended = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** @param line  with its newline */
  push(line: string): void {
    if (this.#ended) return;
    if (this.#untaken >= MOST_UNTAKEN && this.#text.length >= POST_BYTES) {
      this.#dropped++;
      return;
    }
    this.#text += line;
    this.#lines++;
    if (this.#text.length >= POST_BYTES) this.#post();
    this.#timer ??= setTimeout(() => this.#due(), WAIT_MS);
  }

  /** The main thread has taken one post. */
  taken(): void {
    this.#untaken--;
  }

  /** Posts all, taken or not: the worker ends. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#send();
  }

  #due(): void {
    this.#timer = undefined;
    this.#post();
    if (this.#lines > 0) this.#timer = setTimeout(() => this.#due(), WAIT_MS);
  }

  #post(): void {
    if (this.#untaken < MOST_UNTAKEN) this.#send();
  }

  #send(): void {
    if (this.#lines === 0) return;
    this.#untaken++;
    const [text, lines, dropped] = [this.#text, this.#lines, this.#dropped];
    [this.#text, this.#lines, this.#dropped] = ['', 0, 0];
    this.#tell({ type: 'lines', text, lines, dropped });
  }
}
