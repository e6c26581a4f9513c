import { extname } from 'node:path';
import type {
  Engine,
  EngineEvent,
  ServiceOutcome,
  ServiceStats,
  ServiceTable,
} from '../../model/engine.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import type { EngineOptions } from '../factory.ts';
import { Crew } from './crew.ts';
import { EventQueue } from './event-queue.ts';
import { connectionCap, descriptorsOf, fileLimit } from './file-limit.ts';
import { Ledger, type LedgerChange } from './ledger.ts';
import { Listeners } from './listeners.ts';
import { Memory } from './memory.ts';
import { Notices } from './notices.ts';
import type { Place } from './problem.ts';
import type { FromWorker, ListenReport, NoticeKind, TableChange } from './protocol.ts';
import { RecordPool } from './record-pool.ts';
import { refusal } from './refusal.ts';

export interface NetOptions extends EngineOptions {
  /** Where procfs is mounted; default `/proc`. */
  readonly proc?: string;
  /** Module of a worker thread; default this engine's own. */
  readonly workerScript?: URL;
}

const EVENTS = 1000;
const WORKERS = 1;
const WORKER = new URL(`./worker/main${extname(import.meta.url)}`, import.meta.url);

/** The engine that forwards connections itself, in worker threads: needs no privileges but for
 *  ports below 1024, and no help from the kernel's NAT. */
export function createNetEngine(options: NetOptions = {}): Engine {
  return new NetEngine(options);
}

class NetEngine implements Engine {
  readonly events = new EventQueue<EngineEvent>(EVENTS);
  readonly #maxConnections: number | undefined;
  readonly #proc: string;
  readonly #memory = new Memory(WORKERS);
  readonly #segments: SharedArrayBuffer[] = [];
  readonly #ledger: Ledger;
  readonly #listeners: Listeners;
  readonly #crew: Crew;
  readonly #notices = new Notices(() => performance.now());
  #places: ReadonlyMap<string, Place> = new Map();
  #descriptors = 0;

  constructor(options: NetOptions) {
    this.#maxConnections = options.maxConnections;
    this.#proc = options.proc ?? '/proc';
    const pool = new RecordPool(this.#memory, (segment) => this.#grown(segment));
    this.#ledger = new Ledger(pool, this.#memory);
    this.#listeners = new Listeners({
      proc: this.#proc,
      retry: (services) => this.#crew.post({ type: 'listen', services }),
      changed: (outcome) => this.events.push({ type: 'outcome', outcome }),
    });
    this.#crew = new Crew({
      script: options.workerScript ?? WORKER,
      workers: WORKERS,
      segments: () => this.#segments,
      snapshot: () => this.#bounded(this.#ledger.snapshot(this.#mayListen)),
      heard: (_worker, message) => this.#heard(message),
      died: (worker, reason) => this.#died(worker, reason),
    });
  }

  refuses(service: VirtualService): string | undefined {
    return refusal(service);
  }

  async apply(table: ServiceTable): Promise<readonly ServiceOutcome[]> {
    const carried = table.filter(({ service }) => refusal(service) === undefined);
    await this.#listeners.lookForIpvs();
    const before = this.#places;
    this.#places = new Map(carried.map(({ service }) => [service.id, place(service)]));
    this.#descriptors = descriptorsOf(carried);
    const change = this.#ledger.revise(carried, this.#mayListen);
    for (const id of before.keys())
      if (!this.#places.has(id)) this.#listeners.forget(id);
    const rounds = await this.#crew.change(this.#bounded(change));
    await Promise.all(rounds.flat().map((report) => this.#report(report)));
    return table.map(({ service }) => this.#outcome(service));
  }

  async stats(): Promise<readonly ServiceStats[]> {
    return this.#ledger.stats();
  }

  async close(): Promise<void> {
    this.#listeners.close();
    await this.#crew.close();
    this.events.close();
  }

  #mayListen = (id: string): boolean => {
    const known = this.#places.get(id);
    return known !== undefined && this.#listeners.mayListen(known);
  };

  #outcome(service: VirtualService): ServiceOutcome {
    const problem = refusal(service);
    return problem === undefined
      ? this.#listeners.outcome(service.id)
      : { id: service.id, state: 'failed', problem };
  }

  async #report(report: ListenReport): Promise<void> {
    const known = this.#places.get(report.id);
    if (known) await this.#listeners.report(known, report);
  }

  #heard(message: Exclude<FromWorker, { type: 'applied' }>): void {
    switch (message.type) {
      case 'listener': {
        const known = this.#places.get(message.report.id);
        if (known) void this.#listeners.hear(known, message.report);
        break;
      }
      case 'connect-failed':
        this.events.push(message);
        break;
      case 'notice':
        this.#notice(message.kind, message.about);
        break;
      default:
        message satisfies never;
    }
  }

  #died(worker: number, reason: string): void {
    this.#ledger.bury(worker);
    this.#notice('worker', reason);
  }

  #notice(kind: NoticeKind, about: string): void {
    const message = this.#notices.line(kind, about);
    if (message !== undefined) this.events.push({ type: 'notice', message });
  }

  #grown(segment: SharedArrayBuffer): void {
    this.#segments.push(segment);
    this.#crew.post({ type: 'segment', buffer: segment });
  }

  #bounded(change: LedgerChange): TableChange {
    const cap = connectionCap(fileLimit(this.#proc), this.#descriptors);
    const maxConnections = Math.min(cap, this.#maxConnections ?? cap);
    return { ...change, maxConnections: Math.floor(maxConnections / WORKERS) };
  }
}

function place(service: VirtualService): Place {
  return { id: service.id, address: service.address ?? '', port: service.port ?? 0 };
}
