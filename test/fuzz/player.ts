import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Failure, Measure, Outcome } from './play.ts';

/** What a worker is to do. */
export interface Order extends Measure {
  readonly name: string;
  /** That one alone. */
  readonly input?: unknown;
}

/** What it says. */
export type Said =
  | { readonly seed: number }
  | { readonly outcome: Outcome }
  | { readonly lost: string };

/** A batch that says nothing for so long does not come back. */
const SILENCE_MS = 120_000;
const GOING_MS = 5_000;
const HEAP_MB = 512;

/** Plays targets, one after the other, in a thread of its own: one that never comes back, or fills the heap, ends there
 *  and is told as a failure. The next has a new thread then. */
export class Player implements AsyncDisposable {
  #worker: Worker | undefined;

  /** One at a time. */
  async play(order: Order): Promise<Outcome> {
    const worker = this.#worker ?? this.#start();
    let seed = order.seed;
    const lost = async (why: string): Promise<Outcome> => {
      await this[Symbol.asyncDispose]();
      const failure: Failure = { seed, input: order.input ?? null, why };
      return {
        inputs: 0,
        seconds: 0,
        longestMs: 0,
        grownBytes: 0,
        failures: [failure],
      };
    };
    const ended = new AbortController();
    try {
      return await new Promise<Outcome>((resolve) => {
        const clock = new Silence(
          () => resolve(lost('a batch never ends')),
          ended.signal,
        );
        const hear = (said: Said) => {
          clock.broken();
          if ('outcome' in said) resolve(said.outcome);
          else if ('lost' in said) resolve(lost(said.lost));
          else seed = said.seed;
        };
        const fail = (error: Error) => resolve(lost(error.stack ?? error.message));
        worker.on('message', hear).on('error', fail).postMessage(order);
        ended.signal.addEventListener(
          'abort',
          () => void worker.off('message', hear).off('error', fail),
        );
      });
    } finally {
      ended.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    if (!worker) return;
    // By itself, so that its coverage is written; one that hangs does not hear.
    const gone = once(worker, 'exit', { signal: AbortSignal.timeout(GOING_MS) });
    worker.postMessage('end');
    await gone.catch(() => {});
    await worker.terminate();
  }

  #start(): Worker {
    const resourceLimits = { maxOldGenerationSizeMb: HEAP_MB };
    const file = new URL('./worker.js', import.meta.url);
    // Without the loaders of whatever runs the tests.
    this.#worker = new Worker(file, { resourceLimits, execArgv: [] });
    return this.#worker;
  }
}

/** Tells when nothing was heard for {@link SILENCE_MS}, less what this process stood in line for a processor. */
class Silence {
  readonly #tell: () => void;
  #timer: NodeJS.Timeout | undefined;
  #began = 0;
  #waitedMs = 0;

  constructor(tell: () => void, signal: AbortSignal) {
    this.#tell = tell;
    this.broken();
    signal.addEventListener('abort', () => clearTimeout(this.#timer));
  }

  broken(): void {
    this.#began = performance.now();
    this.#waitedMs = waitedForProcessors();
    this.#look();
  }

  #look(): void {
    clearTimeout(this.#timer);
    const waited = waitedForProcessors() - this.#waitedMs;
    const left = SILENCE_MS + waited - (performance.now() - this.#began);
    if (left > 0) this.#timer = setTimeout(() => this.#look(), left);
    else this.#tell();
  }
}

/** Milliseconds in which threads of this process could have run and were not let, so far. Source: the
 *  kernel's sched-stats, /proc/PID/task/TID/schedstat. */
function waitedForProcessors(): number {
  return readdirSync('/proc/self/task').reduce((sum, thread) => {
    const [, waited = 0] = schedstat(thread).split(' ').map(Number);
    return sum + waited / 1e6;
  }, 0);
}

/** Empty where the thread has ended, or the kernel does not count. */
function schedstat(thread: string): string {
  try {
    return readFileSync(`/proc/self/task/${thread}/schedstat`, 'latin1');
  } catch {
    return '';
  }
}
