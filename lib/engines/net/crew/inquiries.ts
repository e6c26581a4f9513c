import { NOTHING_LISTED } from '../../../model/listed.ts';
import type { Listed } from '../../../model/traffic.ts';
import type { ToWorker } from '../protocol.ts';
import type { Answer, Question } from './question.ts';

/** When nothing has come for so long, what has come is the answer: a worker that is stuck is not
 *  waited for. */
const SILENCE_MS = 2000;

/** What workers said together. */
export interface Heard extends Listed<unknown> {
  /** How many have not said all that they had to. */
  readonly silent: number;
}

interface Workers {
  /** Numbers of those that run. */
  readonly running: readonly number[];
  post(message: ToWorker): void;
}

interface Inquiry {
  readonly waiting: Set<number>;
  readonly most: number;
  readonly items: unknown[];
  total: number;
  readonly timer: NodeJS.Timeout;
  readonly done: (answer: Heard) => void;
}

/** What all workers were asked, and have not all answered yet. */
export class Inquiries {
  readonly #workers: Workers;
  readonly #open = new Map<number, Inquiry>();
  #sequence = 0;

  constructor(workers: Workers) {
    this.#workers = workers;
  }

  /** Settles when every worker has answered, but for those that die or are silent. */
  ask(question: Question): Promise<Heard> {
    const waiting = new Set(this.#workers.running);
    if (waiting.size === 0) return Promise.resolve({ ...NOTHING_LISTED, silent: 0 });
    const sequence = ++this.#sequence;
    const most = 'most' in question ? question.most : 0;
    return new Promise((done) => {
      const timer = setTimeout(() => this.#settle(sequence), SILENCE_MS);
      this.#open.set(sequence, { waiting, most, items: [], total: 0, timer, done });
      this.#workers.post({ type: 'question', sequence, question });
    });
  }

  heard(worker: number, { sequence, items, count, last }: Answer): void {
    const inquiry = this.#open.get(sequence);
    if (!inquiry) return;
    inquiry.timer.refresh();
    inquiry.total += count;
    inquiry.items.push(...items.slice(0, inquiry.most - inquiry.items.length));
    if (last) this.#answered(worker, sequence, inquiry);
  }

  died(worker: number): void {
    for (const [sequence, inquiry] of this.#open)
      this.#answered(worker, sequence, inquiry);
  }

  /** Nobody waits any longer. */
  close(): void {
    for (const sequence of this.#open.keys()) this.#settle(sequence);
  }

  #answered(worker: number, sequence: number, { waiting }: Inquiry): void {
    waiting.delete(worker);
    if (waiting.size === 0) this.#settle(sequence);
  }

  #settle(sequence: number): void {
    const inquiry = this.#open.get(sequence);
    if (!inquiry) return;
    this.#open.delete(sequence);
    clearTimeout(inquiry.timer);
    const { items, total, waiting, done } = inquiry;
    done({ items, total, silent: waiting.size });
  }
}
