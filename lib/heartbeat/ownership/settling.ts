import type { Estate } from './estate.ts';

/** The time in which two nodes that have begun wait for each other's word before they take anything.
 *  Source: observed on Heartbeat 3.0.6. */
export class Settling {
  readonly #estate: Estate;
  #at = Number.POSITIVE_INFINITY;

  constructor(estate: Estate) {
    this.#estate = estate;
  }

  get nextAt(): number {
    return this.#at;
  }

  /** The first word of resources, be it this node's own. */
  receive(now: number): void {
    const { phase, pace } = this.#estate;
    if (phase !== 'starting' && phase !== 'both-starting') return;
    this.#estate.phase = 'received';
    this.#at = now + pace.settleMs;
  }

  /** It is over, and nothing may be taken yet. */
  goOn(now: number): void {
    this.#at = now + this.#estate.pace.settleMs;
  }

  /** @returns  whether it is over, and nobody has said anything else */
  isOver(now: number): boolean {
    if (this.#at > now) return false;
    this.end();
    return this.#estate.phase === 'received';
  }

  end(): void {
    this.#at = Number.POSITIVE_INFINITY;
  }
}
