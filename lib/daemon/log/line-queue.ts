import { setTimeout as delay } from 'node:timers/promises';
import { reasonOf } from '../../model/reason.ts';

/** Writes some of the bytes. @returns how many, at least 1; rejects when none can be written */
export type Write = (bytes: Buffer) => Promise<number>;

/** Lines on their way to one destination, in order, without ever making the caller wait. */
export interface LineQueue {
  /** @param text   whole lines, each with its newline
   *  @param lines  how many */
  push(text: string, lines?: number): void;
  /** Lines that were dropped since the start; those too that close() did not see written. */
  readonly dropped: number;
  /** Takes nothing more, and waits until all is written, no longer than `timeoutMs`. What is not by then
   *  is dropped, counted, and told to `lost`.
   *  @returns false when a write is stuck: even exit() would wait for it */
  close(timeoutMs: number): Promise<boolean>;
}

/** Enough for some minutes of trouble, and no more than a few megabytes. */
const LIMIT = 10_000;
const BATCH = 500;
const RETRY_MS = 1_000;
const NEWLINE = 10;

/** Makes the line that tells of dropped ones; '': none. */
type Lost = (count: number, reason: string) => string;

/** While writing fails (disk full), lines wait, up to a limit; what comes on top is dropped and
 *  counted.
 *  @param lost   is asked when writing works again, and at the end
 *  @param limit  of lines */
export function createLineQueue(write: Write, lost: Lost, limit = LIMIT): LineQueue {
  const backlog = new Backlog(limit, lost);
  const stop = new AbortController();
  let rest: Buffer = Buffer.alloc(0); // of the batch that is being written
  let trouble: string | undefined;
  let writing = false;
  let pumping: Promise<void> | undefined;

  async function step(): Promise<void> {
    if (rest.length === 0) rest = Buffer.from(backlog.take());
    writing = true;
    try {
      rest = rest.subarray(await write(rest));
      writing = false;
      backlog.putFirst(backlog.lossLine(trouble));
      trouble = undefined;
    } catch (error) {
      writing = false;
      trouble = reasonOf(error);
      await delay(RETRY_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
  }

  async function pump(): Promise<void> {
    await Promise.resolve(); // lines of one turn of the event loop go out together
    while ((rest.length > 0 || !backlog.isEmpty) && !stop.signal.aborted) await step();
    pumping = undefined;
  }

  return {
    push(text, lines = 1) {
      if (stop.signal.aborted) return;
      backlog.put(text, lines);
      pumping ??= pump();
    },
    get dropped() {
      return backlog.dropped;
    },
    async close(timeoutMs) {
      const timer = setTimeout(() => stop.abort(), timeoutMs);
      while (pumping && !stop.signal.aborted)
        await Promise.race([pumping, once(stop.signal)]);
      clearTimeout(timer);
      stop.abort();
      backlog.drop(linesIn(rest));
      rest = Buffer.alloc(0);
      backlog.lossLine(trouble);
      return !writing;
    },
  };
}

/** Lines that wait, up to a limit. */
class Backlog {
  dropped = 0;
  readonly #limit: number;
  readonly #lost: Lost;
  readonly #waiting: { readonly text: string; readonly lines: number }[] = [];
  #lines = 0;
  #told = 0;

  constructor(limit: number, lost: Lost) {
    this.#limit = limit;
    this.#lost = lost;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  put(text: string, lines: number): void {
    if (this.#lines >= this.#limit) this.dropped += lines;
    else {
      this.#waiting.push({ text, lines });
      this.#lines += lines;
    }
  }

  /** One that tells of others; '' is none. */
  putFirst(line: string): void {
    if (line === '') return;
    this.#waiting.unshift({ text: line, lines: 1 });
    this.#lines++;
  }

  /** The first of them, taken out. */
  take(): string {
    let text = '';
    let count = 0;
    while (count < BATCH) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      text += next.text;
      count += next.lines;
    }
    this.#lines -= count;
    return text;
  }

  /** All that waits, and so many that were taken out and not written. */
  drop(taken: number): void {
    this.dropped += this.#lines + taken;
    this.#lines = 0;
    this.#waiting.length = 0;
  }

  /** The line that tells of those which were dropped since the last call; '' is none. */
  lossLine(reason = 'more than can be written'): string {
    const untold = this.dropped - this.#told;
    this.#told = this.dropped;
    return untold === 0 ? '' : this.#lost(untold, reason);
  }
}

/** One that was written in part is among them. */
function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (const byte of bytes) if (byte === NEWLINE) lines++;
  return lines;
}

function once(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}
