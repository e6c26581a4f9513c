import { LONGEST_TIMER_MS } from '../../model/timer.ts';

/** One timer, moved about. */
export class Ticker {
  readonly #due: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(due: () => void) {
    this.#due = due;
  }

  /** @param at  on the clock of performance.now(); what was set before counts no more */
  set(at: number): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (at === Number.POSITIVE_INFINITY) return;
    // Timers are whole milliseconds: a rounded one would be too early, and come twice.
    const delay = Math.ceil(at - performance.now());
    this.#timer = setTimeout(this.#due, Math.max(0, Math.min(delay, LONGEST_TIMER_MS)));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
