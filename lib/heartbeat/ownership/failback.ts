import type { Estate } from './estate.ts';
import { has } from './hold.ts';

/** Gives the other node what is its own, once it is back and well and nothing else is under way.
 *  Source: observed on Heartbeat 3.0.6, which knows no health. */
export class Failback {
  /** What is the other node's came here because it failed. */
  isOwed = false;
  readonly #estate: Estate;
  readonly #isAutomatic: boolean;
  readonly #give: (now: number) => void;
  #at = Number.POSITIVE_INFINITY;

  constructor(
    estate: Estate,
    options: { readonly isAutomatic: boolean; give(now: number): void },
  ) {
    this.#estate = estate;
    this.#isAutomatic = options.isAutomatic;
    this.#give = options.give;
  }

  get nextAt(): number {
    return this.#at;
  }

  /** Something has happened after which it may be possible. */
  plan(now: number): void {
    if (this.#at === Number.POSITIVE_INFINITY) this.#try(now);
  }

  /** The other node has what is its own. */
  paid(now: number): void {
    this.isOwed = false;
    this.plan(now);
  }

  /** The other node has given something: it is ill, or was asked to. */
  took(now: number): void {
    if (this.#estate.otherWellAt === undefined) this.isOwed = true;
    this.plan(now);
  }

  look(now: number): void {
    if (this.#at <= now) this.#try(now);
  }

  cancel(): void {
    this.#at = Number.POSITIVE_INFINITY;
  }

  #try(now: number): void {
    this.cancel();
    const { isIn, isStable, mine, otherIsThere, otherWellAt, pace } = this.#estate;
    const isWanted = this.#isAutomatic && this.isOwed && otherIsThere && isIn;
    if (!isWanted || otherWellAt === undefined || !has(mine, 'foreign')) return;
    if (now < otherWellAt + pace.wellMs) this.#at = otherWellAt + pace.wellMs;
    else if (isStable) this.#give(now);
    else this.#at = now + pace.retryMs;
  }
}
