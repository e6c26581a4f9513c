import type { Estate } from './estate.ts';
import { type Hold, has, minus, plus } from './hold.ts';

/** So long a group that did not start is let alone. */
const AGAIN_MS = 30_000;

/** Groups of which nothing runs, for their scripts failed: after a while the other node gets them, or, where
 *  there is none, they are tried once more. Source: observed on Heartbeat 3.0.6. */
export class Failures {
  readonly #estate: Estate;
  readonly #give: (hold: Hold, now: number) => void;
  readonly #given: string;
  #hold: Hold = 'none';
  #at = Number.POSITIVE_INFINITY;

  /** @param give  what becomes of them where the other node is there: it is offered them, say
   *  @param given  the same in words */
  constructor(
    estate: Estate,
    give: (hold: Hold, now: number) => void,
    given = 'given away',
  ) {
    this.#estate = estate;
    this.#give = give;
    this.#given = given;
  }

  get nextAt(): number {
    return this.#at;
  }

  /** This node's own groups are among them. */
  get isLocal(): boolean {
    return has(this.#hold, 'local');
  }

  add(failed: Hold, now: number): void {
    if (failed === 'none') return;
    this.#hold = plus(this.#hold, failed);
    this.#at = now + AGAIN_MS;
    this.#estate.plan.log(
      'error',
      `[${failed}] resources did not start: they are ${this.#estate.otherIsThere ? this.#given : 'tried again'} in ${AGAIN_MS / 1000} s`,
    );
  }

  look(now: number): void {
    if (this.#at > now) return;
    const { isStable, otherIsThere, mine, pace, scripts } = this.#estate;
    if (otherIsThere && !isStable) {
      this.#at = now + pace.retryMs;
      return;
    }
    const hold = minus(this.#hold, mine);
    this.forget();
    if (hold === 'none') return;
    if (otherIsThere) this.#give(hold, now);
    else {
      this.#estate.mine = plus(mine, hold);
      scripts.acquire(hold);
    }
  }

  /** These are not this node's concern any more. */
  drop(hold: Hold): void {
    this.#hold = minus(this.#hold, hold);
    if (this.#hold === 'none') this.forget();
  }

  forget(): void {
    this.#hold = 'none';
    this.#at = Number.POSITIVE_INFINITY;
  }
}
