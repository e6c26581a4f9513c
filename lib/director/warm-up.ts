import type { Pool } from '../pool/pool.ts';
import { WARM_STEPS } from '../pool/warming.ts';

/** What is due within so small a part of a step is done with what is due now. */
const TOGETHER = 1 / 20;

/** The clock of a service's servers that warm up: a timer while there are some, a step a tenth of
 *  `slow-start` for each. Disposing ends it. */
export class WarmUp implements Disposable {
  readonly #step: (steps: ReadonlyMap<string, number>) => void;
  /** When each began, by id; on the monotonic clock. */
  #began: ReadonlyMap<string, number> = new Map();
  #timer: NodeJS.Timeout | undefined;

  /** @param step  gets the steps at which servers are, by id, and has the pool follow them */
  constructor(step: (steps: ReadonlyMap<string, number>) => void) {
    this.#step = step;
  }

  /** The pool has changed. */
  follow({ warming, reals, service }: Pool): void {
    if (!warming && this.#began.size === 0) return;
    const now = performance.now();
    const stepMs = (service.options.slowStartMs ?? 0) / WARM_STEPS;
    const before = this.#began;
    const began = new Map<string, number>();
    let next = Infinity;
    for (const { real, state, warming } of reals) {
      if (warming === undefined || state !== 'up') continue;
      // One that was drained on the way goes on at its step.
      const since = before.get(real.id) ?? now - warming * stepMs;
      began.set(real.id, since);
      next = Math.min(next, since + (warming + 1) * stepMs);
    }
    this.#began = began;
    clearTimeout(this.#timer);
    if (began.size === 0) return;
    // Of a time that a reload has made shorter it may be over.
    this.#timer = setTimeout(() => this.#tick(stepMs), Math.max(0, next - now));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #tick(stepMs: number): void {
    const now = performance.now();
    const steps = [...this.#began].map(
      ([id, since]) => [id, Math.floor((now - since) / stepMs + TOGETHER)] as const,
    );
    this.#step(new Map(steps));
  }
}
