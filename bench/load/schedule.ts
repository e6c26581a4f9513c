/** Operations that fall due at an even pace, whatever becomes of earlier ones. An operation that
 *  is begun late keeps the time at which it was due: what is measured from there has no coordinated
 *  omission. Times are milliseconds of the caller's clock. */
export class Schedule {
  readonly #start: number;
  readonly #gap: number;
  readonly #count: number;
  #taken = 0;

  /** @param rate  operations a second */
  constructor(start: number, rate: number, seconds: number) {
    this.#start = start;
    this.#gap = 1000 / rate;
    this.#count = Math.floor(rate * seconds);
  }

  /** Takes the next that is due by now. @returns when it was; undefined: none is */
  take(now: number): number | undefined {
    const due = this.nextAt;
    if (due > now) return undefined;
    this.#taken++;
    return due;
  }

  /** Infinity: all are taken. */
  get nextAt(): number {
    return this.#taken < this.#count
      ? this.#start + this.#taken * this.#gap
      : Number.POSITIVE_INFINITY;
  }

  get taken(): number {
    return this.#taken;
  }
}
