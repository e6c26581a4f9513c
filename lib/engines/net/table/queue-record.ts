import { type Cell, columnOf } from './memory.ts';
import { QUEUE } from './service-record.ts';

/** Words of a worker's column in a service's record. */
const COLUMN = { waiting: 0, first: 1 } as const;

/** A place in the queue. */
export interface Ticket {
  /** Tickets are given in the order of coming, over all workers. 32 bits, so that they begin anew. */
  readonly number: number;
  /** How many were there before. */
  readonly ahead: number;
}

/** Who has waited longest. */
export interface Longest {
  readonly worker: number;
  /** Its ticket's number. */
  readonly number: number;
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
   *  @returns undefined: there is no room for more */
  join(room: number): Ticket | undefined {
    const { waiting: ahead } = this;
    if (ahead >= room) return undefined;
    const number = ((this.#words[this.#at + QUEUE.ticket] ?? 0) + 1) | 0;
    this.#words[this.#at + QUEUE.ticket] = number;
    if (this.#words[this.#own + COLUMN.waiting] === 0) this.first = number;
    this.#count(1);
    this.#words[this.#at + QUEUE.most] = Math.max(this.most, ahead + 1);
    return { number, ahead };
  }

  leave(): void {
    this.#count(-1);
  }

  /** The number of the first of all, once its worker has found none of the places of use to it. It is
   *  looked at again whenever one becomes free. */
  set stays(number: number) {
    this.#words[this.#at + QUEUE.stays] = number;
  }

  /** Whether who has waited longest can use none of the places. */
  get isPassed(): boolean {
    return this.longest?.number === this.#words[this.#at + QUEUE.stays];
  }

  /** Whether all who wait do so in the worker of who has waited longest. */
  get isTogether(): boolean {
    const column = this.#columns[this.longest?.worker ?? -1] ?? this.#own;
    return this.#words[column + COLUMN.waiting] === this.waiting;
  }

  /** The number of the first one of this worker. */
  set first(number: number) {
    this.#words[this.#own + COLUMN.first] = number;
  }

  /** In which worker somebody has waited longest; undefined: nobody waits. */
  get longest(): Longest | undefined {
    let found: Longest | undefined;
    for (const [worker, column] of this.#columns.entries()) {
      if ((this.#words[column + COLUMN.waiting] ?? 0) === 0) continue;
      const number = this.#words[column + COLUMN.first] ?? 0;
      // of numbers that have begun anew the difference is still right
      if (!found || ((number - found.number) | 0) < 0) found = { worker, number };
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
