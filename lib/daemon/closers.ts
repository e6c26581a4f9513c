import { within } from '../model/within.ts';

/** What is open, and is closed in the opposite order; also what is added meanwhile. */
export interface Closers {
  /** @param what  what the log calls it when it does not close in time */
  add(what: string, close: () => Promise<unknown>): void;
  /** @returns what had not closed within the bound, or failed to */
  close(): Promise<readonly string[]>;
}

/** @param boundMs  for each */
export function createClosers(boundMs: number): Closers {
  const open: [string, () => Promise<unknown>][] = [];
  return {
    add: (what, close) => void open.push([what, close]),
    async close() {
      const failed: string[] = [];
      for (let last = open.pop(); last; last = open.pop()) {
        const [what, close] = last;
        const closed = close().then(
          () => true,
          () => false,
        );
        if (!(await within(boundMs, closed, () => false))) failed.push(what);
      }
      return failed;
    },
  };
}
