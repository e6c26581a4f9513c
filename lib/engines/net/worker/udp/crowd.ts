import { type Aged, Recency } from './recency.ts';

/** A session as the crowd sees it. */
export interface Guest extends Aged {
  /** Its client has spoken again after an answer: it is where it says. */
  isRegular: boolean;
  reset(): void;
}

/** The UDP sessions of one worker, by when they were used last. */
export class Crowd<T extends Guest> {
  readonly #strangers = new Recency<T>();
  readonly #regulars = new Recency<T>();

  add(guest: T): void {
    this.#listOf(guest).add(guest);
  }

  touch(guest: T): void {
    this.#listOf(guest).touch(guest);
  }

  /** Its client has spoken again after an answer. */
  settle(guest: T): void {
    this.remove(guest);
    guest.isRegular = true;
    this.add(guest);
  }

  remove(guest: T): void {
    if (guest.listed) this.#listOf(guest).remove(guest);
  }

  /** Ends the one whose last packet is oldest: of those whose client may be a forged address, as
   *  long as there are any, so that a flood of these drives out only itself.
   *  @returns it; undefined: there was none */
  evict(): T | undefined {
    const guest = this.#strangers.oldest ?? this.#regulars.oldest;
    guest?.reset();
    return guest;
  }

  *[Symbol.iterator](): Generator<T> {
    yield* this.#strangers;
    yield* this.#regulars;
  }

  #listOf(guest: T): Recency<T> {
    return guest.isRegular ? this.#regulars : this.#strangers;
  }
}
