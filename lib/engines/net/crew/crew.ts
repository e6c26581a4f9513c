import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { LeftClients } from '../../../model/heritage.ts';
import { reasonOf } from '../../../model/reason.ts';
import { within } from '../../../model/within.ts';
import type {
  FromWorker,
  Handover,
  ListenReport,
  TableChange,
  Told,
  ToWorker,
  WorkerStart,
} from '../protocol.ts';
import { Sources, sourceMemory } from '../table/sources.ts';
import { Inquiries } from './inquiries.ts';
import { BEAT_MS, Pulses, pulseMemory } from './pulses.ts';
import { type Answers, Rounds } from './rounds.ts';

interface Options {
  /** Module of a worker thread. */
  readonly script: URL;
  readonly workers: number;
  /** As {@link WorkerStart.shares}. */
  readonly shares: boolean;
  readonly admission: SharedArrayBuffer;
  /** As {@link Pulses.patienceMs}: who is silent for so long is ended; default 10,000. */
  readonly patienceMs: number | undefined;
  /** The segments of the shared memory so far. */
  segments(): readonly SharedArrayBuffer[];
  /** Before a worker takes a dead one's place.
   *  @returns clients that the dead one knew, for the new one */
  prepare(worker: number): Promise<readonly LeftClients[]>;
  /** All of the table, for that one. */
  snapshot(): TableChange;
  heard(worker: number, message: Told): void;
  /** A thread has ended without being told to; its place is being taken. */
  died(worker: number, reason: string): void;
  /** A thread is stuck in what cannot be interrupted: its place cannot be taken. */
  stuck(worker: number): void;
}

/** A worker that dies sooner than this after its start is replaced only after it. */
const BREATH_MS = 1000;
/** Of a thread's heap. V8 would let it grow with the open connections, whose memory nobody uses
 *  again: an idle one then takes 9 KB (observed). Half of this costs 5 % of a connection's time. */
const YOUNG_MB = 16;
/** What closing waits for before threads are stopped by force, and after that. */
const FAREWELL_MS = 2000;
/** One that is told to end should have by then, on a busy machine too. */
const ENDING_MS = 5000;

/** The worker threads: messages to all of them, and a new one for one that dies. */
export class Crew {
  /** What they were asked. */
  readonly inquiries = new Inquiries(this);
  readonly #options: Options;
  readonly #threads: (Worker | undefined)[] = [];
  readonly #rounds = new Rounds();
  readonly #replacements = new Set<NodeJS.Timeout>();
  readonly #sources: Sources;
  readonly #pulseMemory: SharedArrayBuffer;
  readonly #pulses: Pulses;
  /** Those whose event loops do not turn. */
  readonly #stuck = new Map<number, 'ending' | 'hopeless'>();
  #watch: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
    const { workers, patienceMs } = options;
    this.#sources = new Sources(sourceMemory(workers), workers, workers);
    this.#pulseMemory = pulseMemory(workers);
    const clock = () => performance.now();
    this.#pulses = new Pulses(this.#pulseMemory, clock, patienceMs);
  }

  /** Starts the workers, where they are not. */
  begin(): void {
    if (this.#threads.length > 0 || this.#closed) return;
    for (let worker = 0; worker < this.#options.workers; worker++) this.#start(worker);
    this.#watch = setInterval(() => this.#lookForStuck(), BEAT_MS).unref();
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

  /** Settles when the workers have what they are to take over. Until the next change nobody accepts otherwise. */
  async handOver(handovers: readonly Handover[]): Promise<void> {
    await this.#round((sequence) => ({ type: 'hand-over', sequence, handovers }));
  }

  /** Settles when every worker has sent on its way whom it had accepted before this was called. */
  async caughtUp(): Promise<void> {
    await this.listen([]);
  }

  /** Numbers of the workers that run. */
  get running(): readonly number[] {
    return [...this.#threads].flatMap((thread, worker) => (thread ? worker : []));
  }

  /** Whether a worker is stuck that cannot be ended: a new process mends that. */
  get isHopeless(): boolean {
    return [...this.#stuck.values()].includes('hopeless');
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

  /** Ends all connections and listeners, then the threads; but for one that cannot be ended. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    for (const timer of this.#replacements) clearTimeout(timer);
    this.post({ type: 'close' });
    await Promise.all(this.#threads.map((_, worker) => this.#end(worker)));
    this.#rounds.close();
    this.inquiries.close();
  }

  #round(message: (sequence: number) => ToWorker): Promise<Answers> {
    if (this.#closed) return Promise.resolve(new Map());
    const round = this.#rounds.begin(this.#threads.keys());
    this.post(message(this.#rounds.sequence));
    return round;
  }

  #start(worker: number): void {
    const { workers, shares, script, admission } = this.#options;
    const segments = this.#options.segments();
    const own = { pulses: this.#pulseMemory, sources: this.#sources.memory };
    const shared = { segments, admission, ...own };
    const workerData: WorkerStart = { worker, workers, shares, ...shared };
    const startedAt = performance.now();
    this.#pulses.started(worker);
    const thread = new Worker(script, {
      workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
      name: `l4director net ${worker}`,
    });
    this.#threads[worker] = thread;
    let reason = 'it exited';
    thread.on('error', (error) => {
      reason = reasonOf(error);
    });
    thread.on('message', (message: FromWorker) => this.#heard(worker, message));
    thread.on('exit', () => this.#exited(worker, reason, startedAt));
  }

  #exited(worker: number, reason: string, startedAt: number): void {
    this.#threads[worker] = undefined;
    const seconds = this.#pulses.patienceMs(worker) / 1000;
    this.#pulses.forget(worker);
    this.#sources.bury(worker);
    this.inquiries.died(worker);
    const wasStuck = this.#stuck.delete(worker);
    if (this.#closed) return;
    const why = wasStuck ? `its event loop had not turned for ${seconds} s` : reason;
    this.#options.died(worker, why);
    const wait = Math.max(0, startedAt + BREATH_MS - performance.now());
    const timer = setTimeout(() => {
      this.#replacements.delete(timer);
      void this.#replace(worker);
    }, wait);
    this.#replacements.add(timer);
  }

  async #end(worker: number): Promise<void> {
    const thread = this.#threads[worker];
    if (!thread || this.#stuck.get(worker) === 'hopeless') return;
    const exited = once(thread, 'exit').then(() => true);
    if (await within(FAREWELL_MS, exited, () => false)) return;
    void thread.terminate();
    if (!(await within(FAREWELL_MS, exited, () => false)))
      this.#stuck.set(worker, 'hopeless');
  }

  #lookForStuck(): void {
    for (const [worker, silentMs] of this.#pulses.look().entries()) {
      const patienceMs = this.#pulses.patienceMs(worker);
      const known = this.#stuck.get(worker);
      if (!known && silentMs >= patienceMs) {
        this.#stuck.set(worker, 'ending');
        void this.#threads[worker]?.terminate();
      } else if (known === 'ending' && silentMs >= patienceMs + ENDING_MS) {
        this.#stuck.set(worker, 'hopeless');
        this.#options.stuck(worker);
      }
    }
  }

  async #replace(worker: number): Promise<void> {
    const known = await this.#options.prepare(worker);
    if (this.#closed) return;
    this.#start(worker);
    for (const left of known) this.reply(worker, { type: 'left', left });
    const change = this.#options.snapshot();
    const { sequence } = this.#rounds;
    this.reply(worker, { type: 'change', sequence, change });
  }

  #heard(worker: number, message: FromWorker): void {
    if (message.type === 'applied')
      this.#applied(worker, message.sequence, message.reports);
    else if (message.type === 'answer') this.inquiries.heard(worker, message);
    else this.#options.heard(worker, message);
  }

  /** What answers no round came from a worker that took a dead one's place. */
  #applied(worker: number, upTo: number, reports: readonly ListenReport[]): void {
    if (this.#rounds.answered(worker, upTo, reports)) return;
    for (const report of reports)
      this.#options.heard(worker, { type: 'listener', report });
  }
}
