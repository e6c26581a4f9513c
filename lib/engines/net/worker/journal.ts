/** Past so many it is cheaper to tell all that there is. One costs some 50 bytes. */
const MOST = 50_000;

/** What was noted, once each. */
export interface Noted<T> {
  readonly items: Iterable<T>;
  /** Whether that is all since the last time; false: it began after that, or there was too much. */
  readonly isAll: boolean;
}

/** What a worker has done since it was last asked, as long as somebody asks: bounded, and until then a look
 *  at one field. */
export class Journal<T> {
  readonly #most: number;
  /** Undefined: nobody asks. */
  #items: Set<T> | undefined;
  #isAll = false;

  constructor(most = MOST) {
    this.#most = most;
  }

  note(one: T): void {
    const items = this.#items;
    if (items === undefined) return;
    if (items.size < this.#most || items.has(one)) items.add(one);
    else this.#isAll = false;
  }

  /** What was noted may be gone, or somewhere else. */
  lose(): void {
    this.#isAll = false;
  }

  /** Begins anew. */
  take(): Noted<T> {
    const taken = { items: this.#items ?? [], isAll: this.#isAll };
    this.#items = new Set();
    this.#isAll = true;
    return taken;
  }

  /** Nobody asks any more. */
  end(): void {
    this.#items = undefined;
    this.#isAll = false;
  }
}
