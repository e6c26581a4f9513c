import { setTimeout as sleep } from 'node:timers/promises';
import type { Director } from './two-hosts.ts';

const EVERY_MS = 50;

/** Who has the address, as the kernels say. */
export interface Holder {
  /** The longest time for which both had it since then, milliseconds of performance.now(). */
  together(since: number): number;
  close(): Promise<void>;
}

export function watchHolders(directors: readonly Director[]): Holder {
  const seen: { readonly at: number; readonly count: number }[] = [];
  let isWatched = true;
  const watching = (async () => {
    while (isWatched) {
      const at = performance.now();
      const found = await Promise.all(directors.map((one) => one.holds()));
      seen.push({ at, count: found.filter(Boolean).length });
      await sleep(EVERY_MS);
    }
  })();
  return {
    together(since) {
      let longest = 0;
      let began: number | undefined;
      for (const { at, count } of seen.filter((one) => one.at >= since)) {
        began = count < 2 ? undefined : (began ?? at);
        if (began !== undefined) longest = Math.max(longest, at - began);
      }
      return longest;
    },
    async close() {
      isWatched = false;
      await watching;
    },
  };
}
