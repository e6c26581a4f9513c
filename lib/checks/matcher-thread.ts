import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { ownFile } from '../model/own-file.ts';

/** A text to match; ids start at 1. */
export interface MatchJob {
  readonly id: number;
  readonly source: string;
  readonly flags: string;
  readonly text: string;
}

export type MatchAnswer =
  | { readonly id: number; readonly matched: boolean }
  | { readonly id: number; readonly problem: string };

/** The bound was passed; the thread is gone. */
export class MatchTooSlow extends Error {
  override name = 'MatchTooSlow';
}

/** One worker thread that matches one text at a time, bounded.
 *
 *  The bound counts what the match itself used: CPU time of the thread from the moment it began,
 *  as the kernel accounts it. Waiting for the thread to boot, for its turn, or for a processor on
 *  a loaded machine does not count, so a busy machine makes no server look dead. Where the kernel
 *  keeps no such account (no schedstat in /proc), it is time on the clock since the match was
 *  first seen running. */
export class MatcherThread {
  readonly #boundMs: number;
  readonly #current = new Int32Array(new SharedArrayBuffer(4));
  readonly #cpuAtStart = new Float64Array(new SharedArrayBuffer(8));
  readonly #worker: Worker;
  #usage: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #seenRunning: number | undefined;
  #lastId = 0;
  #job: Settle | undefined;
  #ended: Promise<unknown> | undefined;

  constructor(boundMs: number) {
    this.#boundMs = boundMs;
    this.#worker = new Worker(ownFile('checks/matcher-worker'), {
      workerData: { current: this.#current, cpuAtStart: this.#cpuAtStart },
      execArgv: [],
    });
    this.#worker.on('message', (message) => this.#hear(message));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('the matcher thread ended')));
    // After the listeners: the one for messages would hold the process again.
    this.#worker.unref();
  }

  get busy(): boolean {
    return this.#job !== undefined;
  }

  /** False: it takes no further job. */
  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** Rejects with {@link MatchTooSlow} past the bound, with another error when the pattern
   *  cannot be compiled or the thread died. One at a time. */
  match(job: Omit<MatchJob, 'id'>): Promise<boolean> {
    const id = ++this.#lastId;
    return new Promise<boolean>((resolve, reject) => {
      this.#job = { resolve, reject };
      this.#seenRunning = undefined;
      this.#watch(id, this.#boundMs);
      this.#worker.postMessage({ id, ...job } satisfies MatchJob);
    });
  }

  async close(): Promise<void> {
    this.#end(new Error('the matcher was closed'));
    await this.#ended;
  }

  #hear(message: MatchAnswer | { readonly ready: string | undefined }): void {
    if ('ready' in message) this.#usage = message.ready;
    else if ('matched' in message) this.#settle()?.resolve(message.matched);
    else this.#settle()?.reject(new Error(message.problem));
  }

  #watch(id: number, delayMs: number): void {
    this.#timer = setTimeout(() => {
      const left = this.#boundMs - this.#usedMs(id);
      if (left > 0) this.#watch(id, Math.max(left, 5));
      else this.#end(new MatchTooSlow(`it took more than ${this.#boundMs} ms`));
    }, delayMs);
  }

  #usedMs(id: number): number {
    if (Atomics.load(this.#current, 0) !== id) return 0;
    const cpuMs = (cpuTime(this.#usage) - (this.#cpuAtStart[0] ?? 0)) / 1e6;
    if (!Number.isNaN(cpuMs)) return cpuMs;
    this.#seenRunning ??= performance.now();
    return performance.now() - this.#seenRunning;
  }

  #settle(): Settle | undefined {
    clearTimeout(this.#timer);
    const job = this.#job;
    this.#job = undefined;
    return job;
  }

  #end(reason: Error): void {
    this.#ended ??= this.#worker.terminate();
    this.#settle()?.reject(reason);
  }
}

interface Settle {
  readonly resolve: (matched: boolean) => void;
  readonly reject: (reason: Error) => void;
}

/** CPU time in nanoseconds that the thread has used; NaN when unknown. */
function cpuTime(path: string | undefined): number {
  if (path === undefined) return Number.NaN;
  try {
    return Number.parseInt(readFileSync(path, 'latin1'), 10);
  } catch {
    return Number.NaN;
  }
}
