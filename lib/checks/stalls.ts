const LOOK_MS = 250;
/** No busy machine holds a thread up for so long; a server that waited for it may have hung up. */
const STALL_MS = 1000;

/** Knows when this thread could not run: it was blocked, or its process was stopped. What went wrong meanwhile
 *  is no server's fault. Keeps nothing alive. */
export class Stalls implements Disposable {
  readonly #timer = setInterval(() => this.#look(), LOOK_MS).unref();
  #lookedAt = performance.now();
  #last = -Infinity;

  /** Whether it could not for some of the time since.
   *  @param began  on the clock of performance.now() */
  since(began: number): boolean {
    this.#look();
    return this.#last >= began;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    if (now - this.#lookedAt > STALL_MS) this.#last = now;
    this.#lookedAt = now;
  }
}
