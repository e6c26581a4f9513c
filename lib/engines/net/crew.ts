import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Inquiries } from './inquiries.ts';
import type {
  FromWorker,
  ListenReport,
  TableChange,
  Told,
  ToWorker,
  WorkerStart,
} from './protocol.ts';

interface Options {
  /** Module of a worker thread. */
  readonly script: URL;
  readonly workers: number;
  /** As {@link WorkerStart.shares}. */
  readonly shares: boolean;
  readonly admission: SharedArrayBuffer;
  /** The segments of the shared memory so far. */
  segments(): readonly SharedArrayBuffer[];
  /** Before a worker takes a dead one's place. */
  prepare(): Promise<void>;
  /** All of the table, for that one. */
  snapshot(): TableChange;
  heard(worker: number, message: Told): void;
  /** A thread has ended without being told to; its place is being taken. */
  died(worker: number, reason: string): void;
}

/** What every worker answered, by its number. */
export type Answers = ReadonlyMap<number, readonly ListenReport[]>;

interface Round {
  readonly waiting: Set<number>;
  readonly answers: Map<number, readonly ListenReport[]>;
  readonly done: (answers: Answers) => void;
}

/** A worker that dies sooner than this after its start is replaced only after it. */
const BREATH_MS = 1000;
/** Of a thread's heap. V8 would let it grow with the open connections, whose memory nobody uses
 *  again: an idle one then takes 9 KB (observed). Half of this costs 5 % of a connection's time. */
const YOUNG_MB = 16;
/** What closing waits for before threads are stopped by force. */
const FAREWELL_MS = 2000;

/** The worker threads: messages to all of them, and a new one for one that dies. */
export class Crew {
  /** What they were asked. */
  readonly inquiries = new Inquiries(this);
  readonly #options: Options;
  readonly #threads: (Worker | undefined)[] = [];
  readonly #rounds = new Map<number, Round>();
  readonly #replacements = new Set<NodeJS.Timeout>();
  #sequence = 0;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Starts the workers, where they are not. */
  begin(): void {
    if (this.#threads.length > 0 || this.#closed) return;
    for (let worker = 0; worker < this.#options.workers; worker++) this.#start(worker);
  }

  /** Settles when every worker has the change. The first one starts them. */
  change(change: TableChange): Promise<Answers> {
    this.begin();
    return this.#round((sequence) => ({ type: 'change', sequence, change }));
  }

  /** Settles when every worker has tried again to open the listeners of these services. */
  listen(services: readonly string[]): Promise<Answers> {
    return this.#round((sequence) => ({ type: 'listen', sequence, services }));
  }

  /** Settles when every worker has sent on its way whom it had accepted before this was called. */
  async caughtUp(): Promise<void> {
    await this.listen([]);
  }

  /** Numbers of the workers that run. */
  get running(): readonly number[] {
    return [...this.#threads].flatMap((thread, worker) => (thread ? worker : []));
  }

  /** @param except the worker that has it already */
  post(message: ToWorker, except?: number): void {
    for (const [worker, thread] of this.#threads.entries())
      if (worker !== except) thread?.postMessage(message);
  }

  /** To that one only. */
  reply(worker: number, message: ToWorker): void {
    this.#threads[worker]?.postMessage(message);
  }

  /** Ends all connections and listeners, then the threads. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#replacements) clearTimeout(timer);
    this.post({ type: 'close' });
    await Promise.all(this.#threads.map((thread) => thread && ended(thread)));
    for (const sequence of this.#rounds.keys()) this.#complete(sequence);
    this.inquiries.close();
  }

  #round(message: (sequence: number) => ToWorker): Promise<Answers> {
    if (this.#closed) return Promise.resolve(new Map());
    const sequence = ++this.#sequence;
    const waiting = new Set(this.#threads.keys());
    const round = new Promise<Answers>((done) => {
      this.#rounds.set(sequence, { waiting, answers: new Map(), done });
    });
    this.post(message(sequence));
    return round;
  }

  #start(worker: number): void {
    const { workers, shares, script, admission } = this.#options;
    const segments = this.#options.segments();
    const workerData: WorkerStart = { worker, workers, shares, segments, admission };
    const startedAt = performance.now();
    const thread = new Worker(script, {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
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
    this.inquiries.died(worker);
    if (this.#closed) return;
    this.#options.died(worker, reason);
    const wait = Math.max(0, startedAt + BREATH_MS - performance.now());
    const timer = setTimeout(() => {
      this.#replacements.delete(timer);
      void this.#replace(worker);
    }, wait);
    this.#replacements.add(timer);
  }

  async #replace(worker: number): Promise<void> {
    await this.#options.prepare();
    if (this.#closed) return;
    this.#start(worker);
    const change = this.#options.snapshot();
    const sequence = this.#sequence;
    this.#threads[worker]?.postMessage({ type: 'change', sequence, change });
  }

  #heard(worker: number, message: FromWorker): void {
    if (message.type === 'applied')
      this.#applied(worker, message.sequence, message.reports);
    else if (message.type === 'answer') this.inquiries.heard(worker, message);
    else this.#options.heard(worker, message);
  }

  /** What answers no round came from a worker that took a dead one's place. */
  #applied(worker: number, upTo: number, reports: readonly ListenReport[]): void {
    let answered = false;
    for (const [sequence, round] of this.#rounds) {
      if (sequence > upTo || !round.waiting.delete(worker)) continue;
      answered = true;
      round.answers.set(worker, reports);
      if (round.waiting.size === 0) this.#complete(sequence);
    }
    if (answered) return;
    for (const report of reports)
      this.#options.heard(worker, { type: 'listener', report });
  }

  #complete(sequence: number): void {
    const round = this.#rounds.get(sequence);
    this.#rounds.delete(sequence);
    round?.done(round.answers);
  }
}

async function ended(thread: Worker): Promise<void> {
  const timer = setTimeout(() => void thread.terminate(), FAREWELL_MS);
  await once(thread, 'exit');
  clearTimeout(timer);
}
