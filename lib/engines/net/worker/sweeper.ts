import { LONGEST_TIMER_MS } from '../../../model/timer.ts';
import type { Clients } from './clients.ts';

/** Between two looks for persistence templates that are over, at least. */
const SWEEP_MS = 100;

/** Ends persistence templates in time. */
export class Sweeper {
  readonly #clients: Pick<Clients, 'sweep'>;
  readonly #due: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param due  called when templates are over: to sweep, and to look at what follows from it */
  constructor(clients: Pick<Clients, 'sweep'>, due: () => void) {
    this.#clients = clients;
    this.#due = due;
  }

  /** Somebody has come who persists. */
  came(): void {
    if (!this.#timer) this.#in(SWEEP_MS);
  }

  /** Ends what is over, and waits for the next. */
  sweep(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const next = this.#clients.sweep();
    if (next !== undefined)
      this.#in(Math.min(Math.max(next + 1, SWEEP_MS), LONGEST_TIMER_MS));
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #in(ms: number): void {
    this.#timer = setTimeout(this.#due, ms);
  }
}
