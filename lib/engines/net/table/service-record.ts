import { Lock } from './lock.ts';
import { type Cell, columnOf } from './memory.ts';

/** Words of a service's record. */
const LOCK = 0;
const VERSION = 1;
const CURSOR = 2;
const CURSOR_WORDS = 4;

/** Most connections of the service (0: any number), and how many it has while there is such a cap. */
const CAP = 6;
const OPEN = 7;
/** Who waits for a place: see `QueueRecord`. */
export const QUEUE = { stays: 8, waiting: 9, most: 10, ticket: 11 } as const;

/** Numbers of the record that all workers share, for what is counted seldom, under the lock. */
const TALLIES = [
  'denied',
  'limited',
  'expired',
  'proxyHeaderErrors',
  'retired',
  'sniUnmatched',
  'sniErrors',
] as const;
type Tally = (typeof TALLIES)[number];
const TALLY = 12;
const LAST_WORD = TALLY + 2 * TALLIES.length;

/** The numbers of a worker's column, behind its two words. */
const NUMBERS = ['accepted', 'refused', 'retries', 'persistence'] as const;
const FIRST_NUMBER = 1;
type Count = (typeof NUMBERS)[number];

/** A virtual service's record as one thread sees it: its lock, and its counters. */
export class ServiceRecord {
  /** The scheduler's own words. */
  readonly cursor: Int32Array;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #at: number;
  readonly #first: number;
  readonly #lock: Lock;

  /** @param owner what stands in the lock word: 1 + the worker, or 1 + the number of
   *    workers for the main thread */
  constructor(cell: Cell, worker: number, owner: number) {
    this.#words = cell.words;
    this.#numbers = cell.numbers;
    this.#at = cell.at;
    this.#first = columnOf(cell, worker) / 2 + FIRST_NUMBER;
    this.#lock = new Lock(cell.words, cell.at + LOCK, owner);
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
    this.#lock.take();
  }

  unlock(): void {
    this.#lock.give();
  }

  /** Main thread: opens the lock that a dead worker left shut. */
  free(owner: number): void {
    this.#lock.free(owner);
  }

  count(name: Count, step = 1): void {
    const index = this.#first + NUMBERS.indexOf(name);
    this.#numbers[index] = (this.#numbers[index] ?? 0) + step;
  }

  read(name: Count): number {
    return this.#numbers[this.#first + NUMBERS.indexOf(name)] ?? 0;
  }

  /** Whether the cap lets in one more. */
  get hasRoom(): boolean {
    const cap = this.#words[this.#at + CAP] ?? 0;
    return cap === 0 || (this.#words[this.#at + OPEN] ?? 0) < cap;
  }

  /** Under the lock: a connection came (1) or went (-1). Counted only where there is a cap. */
  move(step: 1 | -1): void {
    if (this.#words[this.#at + CAP] === 0) return;
    this.#words[this.#at + OPEN] = (this.#words[this.#at + OPEN] ?? 0) + step;
  }

  /** Main thread, under the lock.
   *  @param cap   0: none
   *  @param open  connections of the service now */
  limit(cap: number, open: number): void {
    this.#words[this.#at + CAP] = cap;
    this.#words[this.#at + OPEN] = open;
  }

  get cap(): number {
    return this.#words[this.#at + CAP] ?? 0;
  }

  /** One more, of all workers. Takes the lock. */
  tally(name: Tally): void {
    const index = this.#tallyOf(name);
    this.lock();
    this.#numbers[index] = (this.#numbers[index] ?? 0) + 1;
    this.unlock();
  }

  tallied(name: Tally): number {
    return this.#numbers[this.#tallyOf(name)] ?? 0;
  }

  wipeColumn(): void {
    for (const name of NUMBERS) this.count(name, -this.read(name));
    this.#numbers[this.#first - FIRST_NUMBER] = 0;
  }

  wipe(): void {
    this.#words.fill(0, this.#at, this.#at + LAST_WORD);
  }

  #tallyOf(name: Tally): number {
    return (this.#at + TALLY) / 2 + TALLIES.indexOf(name);
  }
}
