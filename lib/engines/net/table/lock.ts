const FREE = 0;
/** Stands beside the holder's number while somebody sleeps until the lock is free. */
const SLEEPERS = 1 << 16;
/** A holder does arithmetic only; so long it mostly takes, on a core of its own. */
const SPINS = 400;
const NAP_MS = 10;
/** Naps in vain, of one holder. They are counted and not timed: after a stop of the whole process,
 *  holder included, everybody is late. */
const PATIENCE = 100;

/** A lock in memory that threads share. Its word holds the holder's number, so that the main thread
 *  can open what a dead one left shut. */
export class Lock {
  readonly #words: Int32Array;
  readonly #at: number;
  readonly #owner: number;

  /** @param owner this thread's number: 1 to 65535 */
  constructor(words: Int32Array, at: number, owner: number) {
    this.#words = words;
    this.#at = at;
    this.#owner = owner;
  }

  take(): void {
    const holder = Atomics.compareExchange(this.#words, this.#at, FREE, this.#owner);
    if (holder !== FREE && !this.#spin()) this.#sleep();
  }

  /** Does nothing when it was taken from us. */
  give(): void {
    this.free(this.#owner);
  }

  /** Opens it if that thread holds it. */
  free(owner: number): void {
    const words = this.#words;
    if (Atomics.compareExchange(words, this.#at, owner, FREE) === owner) return;
    const watched = owner | SLEEPERS;
    if (Atomics.compareExchange(words, this.#at, watched, FREE) === watched)
      Atomics.notify(words, this.#at, 1);
  }

  #spin(): boolean {
    const words = this.#words;
    for (let n = 0; n < SPINS; n++) {
      if (Atomics.load(words, this.#at) !== FREE) continue;
      if (Atomics.compareExchange(words, this.#at, FREE, this.#owner) === FREE)
        return true;
    }
    return false;
  }

  /** Others may sleep too, so that it is taken with their mark. A holder that never ends has died
   *  in it: the lock is taken from it. */
  #sleep(): void {
    const words = this.#words;
    const mine = this.#owner | SLEEPERS;
    for (let naps = 0, watched = FREE; ; ) {
      const held = Atomics.load(words, this.#at);
      if (held !== watched) naps = 0;
      const take = held === FREE || naps >= PATIENCE;
      watched = take ? mine : held | SLEEPERS;
      if (Atomics.compareExchange(words, this.#at, held, watched) !== held) continue;
      if (take) return;
      const slept = Atomics.wait(words, this.#at, watched, NAP_MS);
      naps = slept === 'timed-out' ? naps + 1 : 0;
    }
  }
}
