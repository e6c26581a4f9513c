/** What may no longer be as it was made: the table as a whole, which others delete, or what is in it
 *  too. */
export type Doubt = 'whole' | 'thorough';

/** Every so many looks one is thorough. */
const THOROUGH = 12;
/** A thorough look reads all of the table: it has at most that part of a processor. */
const PART = 0.01;

/** When to look at what others may have done in the kernel, and how closely. */
export class Looks {
  readonly #everyMs: number;
  #lookAt: number;
  #thoroughAt: number;

  /** @param everyMs  from one look to the next */
  constructor(everyMs: number) {
    this.#everyMs = everyMs;
    const now = performance.now();
    this.#lookAt = now + everyMs;
    this.#thoroughAt = now + THOROUGH * everyMs;
  }

  /** Milliseconds until there is something to do, which else comes at that interval. */
  pause(otherwiseMs: number): number {
    const due = Math.max(this.#lookAt - performance.now(), 0);
    return Math.min(due, otherwiseMs);
  }

  /** Does the work with the doubt that is due; undefined: none is.
   *  @returns what that does; rejects as that does */
  async take<T>(work: (doubt: Doubt | undefined) => Promise<T>): Promise<T> {
    const began = performance.now();
    if (began < this.#lookAt) return work(undefined);
    this.#lookAt = began + this.#everyMs;
    if (began < this.#thoroughAt) return work('whole');
    try {
      return await work('thorough');
    } finally {
      const ended = performance.now();
      const rest = Math.max(THOROUGH * this.#everyMs, (ended - began) / PART);
      this.#thoroughAt = ended + rest;
    }
  }
}
