/** Something that is in at most one {@link Recency} at a time; the links are the list's. */
export interface Aged {
  older: Aged | undefined;
  newer: Aged | undefined;
  /** Whether it is in a list. */
  listed: boolean;
}

/** A list from what was touched longest ago to what was touched last. Nothing is allocated. */
export class Recency<T extends Aged> {
  #oldest: Aged | undefined;
  #newest: Aged | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get oldest(): T | undefined {
    return this.#oldest as T | undefined; // only add() puts something in
  }

  /** As the newest. It must be in no list. */
  add(entry: T): void {
    entry.listed = true;
    entry.older = this.#newest;
    entry.newer = undefined;
    if (this.#newest) this.#newest.newer = entry;
    else this.#oldest = entry;
    this.#newest = entry;
    this.#size++;
  }

  /** It must be in this list. */
  touch(entry: T): void {
    if (this.#newest === entry) return;
    this.remove(entry);
    this.add(entry);
  }

  /** It must be in this list. */
  remove(entry: T): void {
    if (entry.older) entry.older.newer = entry.newer;
    else this.#oldest = entry.newer;
    if (entry.newer) entry.newer.older = entry.older;
    else this.#newest = entry.older;
    entry.older = undefined;
    entry.newer = undefined;
    entry.listed = false;
    this.#size--;
  }

  /** From the oldest on, of what is there now; entries may leave meanwhile. */
  *[Symbol.iterator](): Generator<T> {
    const all: T[] = [];
    for (let entry = this.#oldest; entry; entry = entry.newer) all.push(entry as T);
    yield* all;
  }
}
