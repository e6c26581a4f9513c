/** So long a Heartbeat is waited for that begins anew by itself: it needs two seconds, and looks at what it has
 *  heard, and at its own timers, 600 ms late. */
const PATIENCE_MS = 3500;
const NEVER = Number.POSITIVE_INFINITY;

/** After a partition a Heartbeat that has noticed it gives everything up and begins anew, so that this node
 *  keeps what it has. One that has noticed nothing, for it heard this node all the time, has what this one
 *  has taken from it: then this node begins anew. */
export class Rejoining {
  #at = NEVER;

  get nextAt(): number {
    return this.#at;
  }

  healed(now: number): void {
    this.#at = now + PATIENCE_MS;
  }

  /** The other node goes, or says what it has: it has noticed. */
  noticed(): void {
    this.#at = NEVER;
  }

  /** @returns  whether this node must begin anew, once */
  isDue(now: number): boolean {
    const isDue = this.#at <= now;
    if (isDue) this.#at = NEVER;
    return isDue;
  }
}
