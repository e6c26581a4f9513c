import type { Memory } from './memory.ts';

/** A record that is in use. */
export interface Loan {
  readonly record: number;
  /** Which of its lives this is, from 1. */
  readonly generation: number;
}

/** Hands out the records of the shared memory, and grows it when all are in use. */
export class RecordPool {
  readonly #memory: Memory;
  readonly #grown: (segment: SharedArrayBuffer) => void;
  readonly #free: number[] = [];
  readonly #generations: number[] = [];

  /** @param grown tells the workers of the new segment */
  constructor(memory: Memory, grown: (segment: SharedArrayBuffer) => void) {
    this.#memory = memory;
    this.#grown = grown;
  }

  /** A record that nobody uses; its content is what its last life left. */
  take(): Loan {
    const record = this.#free.pop() ?? this.#next();
    const generation = (this.#generations[record] ?? 0) + 1;
    this.#generations[record] = generation;
    return { record, generation };
  }

  /** Only when no worker knows it any more and nothing is open in it. */
  give(loan: Loan): void {
    this.#free.push(loan.record);
  }

  #next(): number {
    const record = this.#generations.length;
    if (record >= this.#memory.capacity) this.#grown(this.#memory.grow());
    return record;
  }
}
