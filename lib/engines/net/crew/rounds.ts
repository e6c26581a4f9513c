import type { ListenReport } from '../protocol.ts';

/** What every worker answered, by its number. */
export type Answers = ReadonlyMap<number, readonly ListenReport[]>;

interface Round {
  readonly waiting: Set<number>;
  readonly answers: Map<number, readonly ListenReport[]>;
  readonly done: (answers: Answers) => void;
}

/** Messages to all workers that each of them answers: by its number a round is known to whoever answers. */
export class Rounds {
  readonly #open = new Map<number, Round>();
  #sequence = 0;

  /** The number of the last one. */
  get sequence(): number {
    return this.#sequence;
  }

  /** The next one, to be told by {@link sequence}. Settles when each of these has answered. */
  begin(workers: Iterable<number>): Promise<Answers> {
    const sequence = ++this.#sequence;
    const waiting = new Set(workers);
    return new Promise((done) => {
      this.#open.set(sequence, { waiting, answers: new Map(), done });
    });
  }

  /** A worker has done what all rounds up to that one asked for.
   *  @returns false: none has waited for it, as of one that took a dead one's place */
  answered(worker: number, upTo: number, reports: readonly ListenReport[]): boolean {
    let isAwaited = false;
    for (const [sequence, round] of this.#open) {
      if (sequence > upTo || !round.waiting.delete(worker)) continue;
      isAwaited = true;
      round.answers.set(worker, reports);
      if (round.waiting.size === 0) this.#complete(sequence);
    }
    return isAwaited;
  }

  /** All settle, with what there is. */
  close(): void {
    for (const sequence of this.#open.keys()) this.#complete(sequence);
  }

  #complete(sequence: number): void {
    const round = this.#open.get(sequence);
    this.#open.delete(sequence);
    round?.done(round.answers);
  }
}
