import { setTimeout as delay } from 'node:timers/promises';

/** Writes some of the bytes. @returns how many, at least 1; rejects when none can be written */
export type Write = (bytes: Buffer) => Promise<number>;

/** Lines on their way to one destination, in order, without ever making the caller wait. */
export interface LineQueue {
  /** @param line  with its newline */
  push(line: string): void;
  /** Takes nothing more, and waits until all is written, no longer than `timeoutMs`.
   *  @returns false when a write is stuck: even exit() would wait for it */
  close(timeoutMs: number): Promise<boolean>;
}

/** Enough for some minutes of trouble, and no more than a few megabytes. */
const LIMIT = 10_000;
const BATCH = 500;
const RETRY_MS = 1_000;

/** While writing fails (disk full), lines wait, up to a limit; what comes on top is dropped and
 *  counted.
 *  @param lost  makes the line that tells of dropped ones, when writing works again */
export function createLineQueue(
  write: Write,
  lost: (count: number, reason: string) => string,
  limit = LIMIT,
): LineQueue {
  const lines: string[] = [];
  const stop = new AbortController();
  let rest: Buffer = Buffer.alloc(0); // of the batch that is being written
  let trouble: string | undefined;
  let dropped = 0;
  let writing = false;
  let pumping: Promise<void> | undefined;

  async function step(): Promise<void> {
    if (rest.length === 0) rest = Buffer.from(lines.splice(0, BATCH).join(''));
    writing = true;
    try {
      rest = rest.subarray(await write(rest));
      writing = false;
      if (dropped > 0)
        lines.unshift(lost(dropped, trouble ?? 'more than can be written'));
      dropped = 0;
      trouble = undefined;
    } catch (error) {
      writing = false;
      trouble = error instanceof Error ? error.message : String(error);
      await delay(RETRY_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
  }

  async function pump(): Promise<void> {
    await Promise.resolve(); // lines of one turn of the event loop go out together
    while (rest.length + lines.length > 0 && !stop.signal.aborted) await step();
    pumping = undefined;
  }

  return {
    push(line) {
      if (stop.signal.aborted) return;
      if (lines.length >= limit) dropped++;
      else lines.push(line);
      pumping ??= pump();
    },
    async close(timeoutMs) {
      const timer = setTimeout(() => stop.abort(), timeoutMs);
      while (pumping && !stop.signal.aborted)
        await Promise.race([pumping, once(stop.signal)]);
      clearTimeout(timer);
      stop.abort();
      return !writing;
    },
  };
}

function once(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}
