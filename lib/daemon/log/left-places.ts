/** A place that lines went to, as far as it is left. */
export interface LeftPlace {
  /** Lines that were dropped since the start; those too that were not written when it closed. */
  readonly dropped: number;
  /** Flushes. @returns false when a write is stuck after `timeoutMs` */
  close(timeoutMs: number): Promise<boolean>;
}

/** How long what waits for a place that was left is still tried. */
const LEAVE_MS = 5_000;

/** Places that a log has left, at a reload or to open them anew: what waits for them is still written, and
 *  what could not be is counted to the end. */
export class LeftPlaces {
  readonly #closing = new Map<LeftPlace, Promise<void>>();
  #dropped = 0;
  #flushed = true;

  /** Closes it. */
  leave(place: LeftPlace): void {
    const close = async () => {
      this.#flushed = (await place.close(LEAVE_MS)) && this.#flushed;
      this.#closing.delete(place);
      this.#dropped += place.dropped;
    };
    this.#closing.set(place, close());
  }

  /** Lines that were dropped there. */
  get dropped(): number {
    let dropped = this.#dropped;
    for (const place of this.#closing.keys()) dropped += place.dropped;
    return dropped;
  }

  /** Waits until all are closed. @returns false when a write is stuck */
  async closed(): Promise<boolean> {
    await Promise.all(this.#closing.values());
    return this.#flushed;
  }
}
