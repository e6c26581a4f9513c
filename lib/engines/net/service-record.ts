import { type Cell, columnOf } from './memory.ts';

/** Words of a service's record. */
const LOCK = 0;
const VERSION = 1;
const CURSOR = 2;
const CURSOR_WORDS = 4;
const FREE = 0;

/** The numbers of a worker's column. */
const NUMBERS = ['accepted', 'refused', 'retries', 'persistence'] as const;
type Count = (typeof NUMBERS)[number];

/** A holder does arithmetic only, for microseconds; one that keeps the lock this long has
 *  died in it, and the lock is taken from it. */
const PATIENCE_MS = 1000;
const NAP_MS = 1;

/** A virtual service's record as one thread sees it: its lock, and its counters. */
export class ServiceRecord {
  /** The scheduler's own words. */
  readonly cursor: Int32Array;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #at: number;
  readonly #first: number;
  readonly #owner: number;

  /** @param owner what stands in the lock word: 1 + the worker, or 1 + the number of
   *    workers for the main thread */
  constructor(cell: Cell, worker: number, owner: number) {
    this.#words = cell.words;
    this.#numbers = cell.numbers;
    this.#at = cell.at;
    this.#first = columnOf(cell, worker) / 2;
    this.#owner = owner;
    this.cursor = cell.words.subarray(
      cell.at + CURSOR,
      cell.at + CURSOR + CURSOR_WORDS,
    );
  }

  /** Grows with every change of the rows or of a weight. */
  get version(): number {
    return this.#words[this.#at + VERSION] ?? 0;
  }

  changed(): void {
    Atomics.add(this.#words, this.#at + VERSION, 1);
  }

  /** Taken around each pick with its count, and around each change of a count. */
  lock(): void {
    const at = this.#at + LOCK;
    const holder = Atomics.compareExchange(this.#words, at, FREE, this.#owner);
    if (holder !== FREE) this.#wait(at);
  }

  unlock(): void {
    Atomics.store(this.#words, this.#at + LOCK, FREE);
  }

  /** Main thread: opens the lock that a dead worker left shut. */
  free(owner: number): void {
    Atomics.compareExchange(this.#words, this.#at + LOCK, owner, FREE);
  }

  count(name: Count, step = 1): void {
    const index = this.#first + NUMBERS.indexOf(name);
    this.#numbers[index] = (this.#numbers[index] ?? 0) + step;
  }

  read(name: Count): number {
    return this.#numbers[this.#first + NUMBERS.indexOf(name)] ?? 0;
  }

  wipeColumn(): void {
    for (const name of NUMBERS) this.count(name, -this.read(name));
  }

  wipe(): void {
    this.#words.fill(0, this.#at, this.#at + CURSOR + CURSOR_WORDS);
  }

  #wait(at: number): void {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const holder = Atomics.compareExchange(this.#words, at, FREE, this.#owner);
      if (holder === FREE) return;
      if (performance.now() < end) Atomics.wait(this.#words, at, holder, NAP_MS);
      else Atomics.compareExchange(this.#words, at, holder, FREE);
    }
  }
}
