import { late } from '../model/late.ts';
import type { Log } from '../model/log.ts';
import type { LoadedCheck } from './index.ts';
import { describe } from './message.ts';

type Load = () => Promise<LoadedCheck>;

/** How long a check that could not be loaded stays so. */
const RETRY_MS = 60_000;

/** Loads every check once, says once in the log why one cannot be, and ends them all. */
export class CheckLoader {
  readonly #log: Log;
  readonly #loaded = new Map<
    Load,
    { readonly check: Promise<LoadedCheck>; until: number }
  >();
  readonly #said = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Rejects with the reason and the mend; tries again a minute later. */
  load(load: Load): Promise<LoadedCheck> {
    const known = this.#loaded.get(load);
    if (known && known.until > performance.now()) return known.check;
    const entry = { check: late(load), until: Infinity };
    this.#loaded.set(load, entry);
    entry.check.catch((error) => {
      entry.until = performance.now() + RETRY_MS;
      this.#sayOnce(describe(error));
    });
    return entry.check;
  }

  async close(): Promise<void> {
    const loading = [...this.#loaded.values()].map(({ check }) => check);
    for (const result of await Promise.allSettled(loading))
      if (result.status === 'fulfilled') result.value.close?.();
  }

  #sayOnce(problem: string): void {
    if (this.#said.has(problem)) return;
    this.#said.add(problem);
    this.#log.warn(`A check cannot be made: ${problem}`);
  }
}
