import type { Pattern } from '../model/pattern.ts';
import { MatcherThread, MatchTooSlow } from './matcher-thread.ts';
import { describe, oneLine } from './message.ts';

export interface MatcherOptions {
  /** How long one match may run; default 100. */
  readonly boundMs?: number;
  /** Most threads for patterns in good standing; default 4. */
  readonly threads?: number;
}

/** Matches patterns outside the main thread. */
export interface Matcher {
  /** Rejects, in words for people, when the match takes longer than the bound, the
   *  pattern has a problem, or the signal aborts. */
  match(pattern: Pattern, text: string, signal: AbortSignal): Promise<boolean>;
  /** Ends all threads; what waits is rejected. */
  close(): Promise<void>;
}

interface Job {
  readonly pattern: Extract<Pattern, { source: string }>;
  readonly text: string;
  readonly signal: AbortSignal;
  readonly resolve: (matched: boolean) => void;
  readonly reject: (reason: Error) => void;
}

const WAITING_LIMIT = 10_000;
const SLOW_WAITING_LIMIT = 50;
const SLOW_REMEMBERED = 256;
/** How long a pattern that passed the bound stays among the slow ones. */
const SLOW_MS = 60_000;

/** Threads start when first needed and stay. A pattern that passed the bound matches in a lane
 *  of its own for a minute, one at a time, so that it holds up nobody but its like. */
export function createMatcher(options: MatcherOptions = {}): Matcher {
  const { boundMs = 100, threads = 4 } = options;
  const slow = new SlowPatterns();
  const slowLane = new Lane({ threads: 1, waiting: SLOW_WAITING_LIMIT, boundMs, slow });
  const lane = new Lane({
    threads,
    waiting: WAITING_LIMIT,
    boundMs,
    slow,
    // A pattern may have been found slow while its next jobs were waiting.
    divert: (job) => (slow.has(job.pattern) ? slowLane : undefined),
  });
  return {
    async match(pattern, text, signal) {
      if (pattern.problem !== undefined) throw about(pattern, pattern.problem);
      signal.throwIfAborted();
      let abort = () => {};
      const matched = new Promise<boolean>((resolve, reject) => {
        abort = () => reject(signal.reason);
        signal.addEventListener('abort', abort, { once: true });
        lane.add({ pattern, text, signal, resolve, reject });
      });
      return await matched.finally(() => signal.removeEventListener('abort', abort));
    },
    async close() {
      await Promise.all([lane.close(), slowLane.close()]);
    },
  };
}

/** Patterns that passed the bound a moment ago. */
class SlowPatterns {
  readonly #until = new Map<string, number>();

  add({ source, flags }: Job['pattern']): void {
    const key = `${flags}/${source}`;
    this.#until.delete(key);
    this.#until.set(key, performance.now() + SLOW_MS);
    const [oldest] = this.#until.keys();
    if (this.#until.size > SLOW_REMEMBERED && oldest !== undefined)
      this.#until.delete(oldest);
  }

  has({ source, flags }: Job['pattern']): boolean {
    return (this.#until.get(`${flags}/${source}`) ?? 0) > performance.now();
  }
}

interface LaneOptions {
  readonly threads: number;
  readonly waiting: number;
  readonly boundMs: number;
  readonly slow: SlowPatterns;
  readonly divert?: (job: Job) => Lane | undefined;
}

/** A queue and the threads that serve it. */
class Lane {
  readonly #options: LaneOptions;
  readonly #waiting: Job[] = [];
  readonly #threads = new Set<MatcherThread>();
  #closed = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  add(job: Job): void {
    const full = this.#waiting.length >= this.#options.waiting;
    if (this.#closed) job.reject(new Error('the matcher was closed'));
    else if (full) job.reject(about(job.pattern, 'too many matches are waiting'));
    else this.#waiting.push(job);
    this.#serve();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.splice(0))
      job.reject(new Error('the matcher was closed'));
    await Promise.all([...this.#threads].map((thread) => thread.close()));
  }

  #serve(): void {
    for (let job = this.#next(); job !== undefined; job = this.#next()) {
      const thread = this.#idleThread();
      if (thread === undefined) return;
      this.#waiting.shift();
      void this.#run(thread, job);
    }
  }

  /** The first job that is still wanted and belongs here. */
  #next(): Job | undefined {
    for (;;) {
      const [job] = this.#waiting;
      const other = job && this.#options.divert?.(job);
      if (job === undefined || !(job.signal.aborted || other)) return job;
      this.#waiting.shift();
      if (!job.signal.aborted) other?.add(job);
    }
  }

  #idleThread(): MatcherThread | undefined {
    for (const thread of this.#threads) {
      if (!thread.alive) this.#threads.delete(thread);
      else if (!thread.busy) return thread;
    }
    if (this.#threads.size >= this.#options.threads) return undefined;
    const thread = new MatcherThread(this.#options.boundMs);
    this.#threads.add(thread);
    return thread;
  }

  async #run(thread: MatcherThread, { pattern, text, resolve, reject }: Job) {
    try {
      const { source, flags } = pattern;
      resolve(await thread.match({ source, flags, text }));
    } catch (error) {
      if (error instanceof MatchTooSlow) this.#options.slow.add(pattern);
      reject(about(pattern, error));
    }
    if (!this.#closed) this.#serve();
  }
}

function about(pattern: Pattern, cause: unknown): Error {
  return new Error(`receive /${oneLine(pattern.perl, 80)}/: ${describe(cause)}`, {
    cause,
  });
}
