import type { NodeAction } from './action.ts';

/** So long this node waits until nothing moves before it goes. */
const SETTLE_MS = 15_000;
/** So long it stays after its last word: that may be lost, and asked for again. */
const LINGER_MS = 2000;
const NEVER = Number.POSITIVE_INFINITY;

/** How a node goes: it waits until nothing moves, gives everything up, and stays until the other one knows.
 *  Source: observed on Heartbeat 3.0.6. */
export class Leaving {
  #state: 'here' | 'wanted' | 'releasing' | 'gone' = 'here';
  #at = NEVER;
  #last: NodeAction = { type: 'gone' };

  get nextAt(): number {
    return this.#at;
  }

  get isHere(): boolean {
    return this.#state === 'here';
  }

  /** Everything is given up, or nothing was had. */
  get isGone(): boolean {
    return this.#state === 'gone';
  }

  /** @param restartAfterMs  undefined: for good */
  want(restartAfterMs: number | undefined, now: number): void {
    if (restartAfterMs === undefined) this.#last = { type: 'gone' };
    if (this.#state !== 'here') return;
    if (restartAfterMs !== undefined)
      this.#last = { type: 'restart', afterMs: restartAfterMs };
    this.#state = 'wanted';
    this.#at = now + SETTLE_MS;
  }

  /** @returns  whether everything is to be given up now, once */
  mayRelease(isStable: boolean, now: number): boolean {
    if (this.#state !== 'wanted' || !(isStable || this.#at <= now)) return false;
    this.#state = 'releasing';
    this.#at = NEVER;
    return true;
  }

  /** @param isHeard  by another node */
  released(isHeard: boolean, now: number): void {
    this.#state = 'gone';
    this.#at = now + (isHeard ? LINGER_MS : 0);
  }

  /** @returns  what is the last that this node does, once */
  last(now: number): NodeAction | undefined {
    if (this.#state !== 'gone' || this.#at > now) return undefined;
    this.#at = NEVER;
    return this.#last;
  }
}
