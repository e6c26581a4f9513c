import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type {
  FromWorker,
  ListenReport,
  TableChange,
  ToWorker,
  WorkerStart,
} from './protocol.ts';

interface Options {
  /** Module of a worker thread. */
  readonly script: URL;
  readonly workers: number;
  /** The segments of the shared memory so far. */
  segments(): readonly SharedArrayBuffer[];
  /** All of the table, for a worker that takes a dead one's place. */
  snapshot(): TableChange;
  heard(worker: number, message: Exclude<FromWorker, { type: 'applied' }>): void;
  /** A thread has ended without being told to; its place is being taken. */
  died(worker: number, reason: string): void;
}

interface Round {
  readonly waiting: Set<number>;
  readonly reports: (readonly ListenReport[])[];
  readonly done: (reports: readonly (readonly ListenReport[])[]) => void;
}

/** A worker that dies sooner than this after its start is replaced only after it. */
const BREATH_MS = 1000;
/** What closing waits for before threads are stopped by force. */
const FAREWELL_MS = 2000;

/** The worker threads: messages to all of them, and a new one for one that dies. */
export class Crew {
  readonly #options: Options;
  readonly #threads: (Worker | undefined)[] = [];
  readonly #rounds = new Map<number, Round>();
  readonly #replacements = new Set<NodeJS.Timeout>();
  #sequence = 0;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
    for (let worker = 0; worker < options.workers; worker++) this.#start(worker);
  }

  /** Settles when every worker has the change; each worker's reports, in their order. */
  change(change: TableChange): Promise<readonly (readonly ListenReport[])[]> {
    const sequence = ++this.#sequence;
    const all = this.#threads.map((_, worker) => worker);
    const round = new Promise<readonly (readonly ListenReport[])[]>((done) => {
      this.#rounds.set(sequence, { waiting: new Set(all), reports: [], done });
    });
    this.post({ type: 'change', sequence, change });
    return round;
  }

  post(message: ToWorker): void {
    for (const thread of this.#threads) thread?.postMessage(message);
  }

  /** Ends all connections and listeners, then the threads. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#replacements) clearTimeout(timer);
    this.post({ type: 'close' });
    await Promise.all(this.#threads.map((thread) => thread && ended(thread)));
    for (const sequence of this.#rounds.keys()) this.#complete(sequence);
  }

  #start(worker: number): void {
    const { workers, script } = this.#options;
    const segments = this.#options.segments();
    const workerData: WorkerStart = { worker, workers, segments };
    const startedAt = performance.now();
    const thread = new Worker(script, {
      workerData,
      name: `l4director net ${worker}`,
    });
    this.#threads[worker] = thread;
    let reason = 'it exited';
    thread.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    thread.on('message', (message: FromWorker) => this.#heard(worker, message));
    thread.on('exit', () => this.#exited(worker, reason, startedAt));
  }

  #exited(worker: number, reason: string, startedAt: number): void {
    this.#threads[worker] = undefined;
    if (this.#closed) return;
    this.#options.died(worker, reason);
    const wait = Math.max(0, startedAt + BREATH_MS - performance.now());
    const timer = setTimeout(() => {
      this.#replacements.delete(timer);
      this.#replace(worker);
    }, wait);
    this.#replacements.add(timer);
  }

  #replace(worker: number): void {
    this.#start(worker);
    const change = this.#options.snapshot();
    const sequence = this.#sequence;
    this.#threads[worker]?.postMessage({ type: 'change', sequence, change });
  }

  #heard(worker: number, message: FromWorker): void {
    if (message.type === 'applied')
      this.#applied(worker, message.sequence, message.reports);
    else this.#options.heard(worker, message);
  }

  /** What answers no round came from a worker that took a dead one's place. */
  #applied(worker: number, upTo: number, reports: readonly ListenReport[]): void {
    let answered = false;
    for (const [sequence, round] of this.#rounds) {
      if (sequence > upTo || !round.waiting.delete(worker)) continue;
      answered = true;
      round.reports.push(reports);
      if (round.waiting.size === 0) this.#complete(sequence);
    }
    if (answered) return;
    for (const report of reports)
      this.#options.heard(worker, { type: 'listener', report });
  }

  #complete(sequence: number): void {
    const round = this.#rounds.get(sequence);
    this.#rounds.delete(sequence);
    round?.done(round.reports);
  }
}

async function ended(thread: Worker): Promise<void> {
  const timer = setTimeout(() => void thread.terminate(), FAREWELL_MS);
  await once(thread, 'exit');
  clearTimeout(timer);
}
