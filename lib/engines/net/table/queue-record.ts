import { type Cell, columnOf } from './memory.ts';
import { QUEUE } from './service-record.ts';

/** Words of a worker's column in a service's record. */
const COLUMN = { waiting: 0, first: 1 } as const;

/** Who has waited longest. */
export interface Longest {
  readonly worker: number;
  /** Since when, as the record holds it. */
  readonly since: number;
}

/** Who waits for a place at a service, in all workers, as one of them sees it. Whoever changes it holds
 *  the service's lock. */
export class QueueRecord {
  readonly #words: Int32Array;
  readonly #at: number;
  readonly #columns: readonly number[];
  readonly #own: number;

  constructor(cell: Cell, worker: number, workers: number) {
    this.#words = cell.words;
    this.#at = cell.at;
    this.#columns = Array.from({ length: workers }, (_, one) => columnOf(cell, one));
    this.#own = columnOf(cell, worker);
  }

  /** How many wait. */
  get waiting(): number {
    return this.#words[this.#at + QUEUE.waiting] ?? 0;
  }

  /** The most there have been at once. */
  get most(): number {
    return this.#words[this.#at + QUEUE.most] ?? 0;
  }

  /** One more waits in this worker.
   *  @returns how many were there before, in all workers; undefined: there is no room for more */
  join(room: number): number | undefined {
    const { waiting } = this;
    if (waiting >= room) return undefined;
    this.#count(1);
    this.#words[this.#at + QUEUE.most] = Math.max(this.most, waiting + 1);
    return waiting;
  }

  leave(): void {
    this.#count(-1);
  }

  /** Since when the first of this worker waits, in milliseconds on the clock that all share. */
  set first(since: number) {
    this.#words[this.#own + COLUMN.first] = since;
  }

  /** In which worker somebody has waited longest; undefined: nobody waits. */
  get longest(): Longest | undefined {
    let found: Longest | undefined;
    for (const [worker, column] of this.#columns.entries()) {
      if ((this.#words[column + COLUMN.waiting] ?? 0) === 0) continue;
      const since = this.#words[column + COLUMN.first] ?? 0;
      // the difference is right though the clock's 32 bits overflow every 49 days
      if (!found || ((since - found.since) | 0) < 0) found = { worker, since };
    }
    return found;
  }

  /** Main thread: nobody waits in a dead worker. */
  bury(worker: number): void {
    this.#words[(this.#columns[worker] ?? 0) + COLUMN.waiting] = 0;
    const sum = this.#columns.reduce(
      (total, column) => total + (this.#words[column + COLUMN.waiting] ?? 0),
      0,
    );
    this.#words[this.#at + QUEUE.waiting] = sum;
  }

  #count(step: number): void {
    for (const word of [this.#at + QUEUE.waiting, this.#own + COLUMN.waiting])
      this.#words[word] = (this.#words[word] ?? 0) + step;
  }
}
