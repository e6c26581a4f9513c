import type { ConnectionSink } from '../../model/connection-log.ts';
import type {
  Engine,
  EngineEvent,
  RecoveredService,
  ServiceOutcome,
  ServiceStats,
  ServiceTable,
  WorkerStats,
} from '../../model/engine.ts';
import { ownFile } from '../../model/own-file.ts';
import type { Traffic } from '../../model/traffic.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { EventQueue } from '../event-queue.ts';
import { Turns } from '../turns.ts';
import { Admission, admissionMemory } from './admission.ts';
import { Captures } from './capture/captures.ts';
import { Crew } from './crew/crew.ts';
import { Notices } from './crew/notices.ts';
import { createTraffic } from './crew/traffic.ts';
import { canShare, countWorkers } from './crew/worker-count.ts';
import { emptied } from './emptied.ts';
import { FileBound } from './file-limit.ts';
import { NetHeritage } from './heritage.ts';
import { letAllIn } from './listening/let-in.ts';
import { Listeners } from './listening/listeners.ts';
import { prepareMoves } from './listening/moves.ts';
import { Openings } from './listening/openings.ts';
import { SocketSeats } from './listening/socket-seats.ts';
import type { NetOptions } from './net-options.ts';
import type { NoticeKind, TableChange, Told } from './protocol.ts';
import { Rebalancer } from './rebalance/rebalancer.ts';
import { refusal } from './refusal.ts';
import { Ledger, type LedgerChange } from './table/ledger.ts';
import { Memory } from './table/memory.ts';
import { RecordPool } from './table/record-pool.ts';

const EVENTS = 1000;
const WORKER = ownFile('engines/net/worker/main');

/** The engine that forwards connections and datagrams itself, in worker threads: needs no
 *  privileges but for ports below 1024, and no help from the kernel's NAT. */
export function createNetEngine(options: NetOptions = {}): Engine {
  return new NetEngine(options);
}

class NetEngine implements Engine {
  readonly events = new EventQueue<EngineEvent>(EVENTS);
  readonly traffic: Traffic;
  readonly heritage: NetHeritage;
  readonly workers = (): readonly WorkerStats[] => this.#admission.stats();
  readonly refuses = refusal;
  readonly dials = true;
  readonly isHopeless = (): boolean => this.#crew.isHopeless;
  readonly #connectionLog: ConnectionSink | undefined;
  readonly #proc: string;
  readonly #workers: number;
  /** Listens with SO_REUSEPORT: among its workers, and with a successor. */
  readonly #shares = canShare(process.versions.node);
  readonly #memory: Memory;
  readonly #segments: SharedArrayBuffer[] = [];
  readonly #admission: Admission;
  readonly #bound: FileBound;
  readonly #ledger: Ledger;
  readonly #listeners: Listeners;
  readonly #crew: Crew;
  readonly #captures: Captures;
  readonly #openings: Openings;
  readonly #rebalancer: Rebalancer;
  readonly #seats: SocketSeats;
  readonly #notices = new Notices(() => performance.now());
  /** Tables and retries, one after the other. */
  readonly #turns = new Turns();

  constructor(options: NetOptions) {
    this.#connectionLog = options.connectionLog;
    this.#proc = options.proc ?? '/proc';
    this.#workers = countWorkers(options.workers ?? 1, (message) =>
      this.events.push({ type: 'notice', message }),
    );
    this.#seats = new SocketSeats(options.sockets ?? [], this.#workers);
    this.#memory = new Memory(this.#workers);
    const pool = new RecordPool(this.#memory, (segment) => this.#grown(segment));
    this.#ledger = new Ledger(pool, this.#memory);
    this.#captures = new Captures({
      ...{ instance: options.captureAs, proc: this.#proc },
      isPassed: (service) => this.#seats.has(service),
      changed: (ids) => this.#openings.changed(ids),
    });
    this.#listeners = new Listeners({
      proc: this.#proc,
      retry: (services) => void this.#turns.take(() => this.#retry(services)),
    });
    this.#admission = new Admission(admissionMemory(this.#workers), 0);
    this.#bound = new FileBound(this.#admission, this.#workers, options);
    this.#crew = new Crew({
      script: options.workerScript ?? WORKER,
      ...{ workers: this.#workers, shares: this.#shares },
      admission: this.#admission.memory,
      patienceMs: options.workerTimeoutMs,
      segments: () => this.#segments,
      prepare: (worker) =>
        this.#openings.claim(this.#ledger.ids, () => this.heritage.of(worker)),
      snapshot: () => this.#forWorkers(this.#ledger.snapshot()),
      heard: (worker, message) => this.#heard(worker, message),
      died: (worker, reason) => this.#died(worker, reason),
      stuck: (worker) => this.#notice('stuck', String(worker)),
    });
    this.#rebalancer = new Rebalancer(this.#ledger, this.#crew);
    this.traffic = createTraffic(this.#crew.inquiries);
    this.heritage = new NetHeritage(this.#crew, this.#ledger);
    this.#openings = new Openings({
      ...{ shares: this.#shares, predecessor: options.predecessor, proc: this.#proc },
      ...{ crew: this.#crew, listeners: this.#listeners, captures: this.#captures },
      wants: (id) => this.#ledger.wants(id),
      told: (outcome) => this.events.push({ type: 'outcome', outcome }),
    });
  }

  /** Of what was captured; no listener outlives a process. */
  left(): Promise<boolean> {
    return this.#captures.left();
  }

  async recover(): Promise<readonly RecoveredService[]> {
    return [];
  }

  apply(
    table: ServiceTable,
    beside: ServiceTable = [],
  ): Promise<readonly ServiceOutcome[]> {
    return this.#turns.take(() => this.#apply(table, beside));
  }

  async stats(): Promise<readonly ServiceStats[]> {
    return this.#ledger.stats();
  }

  /** Who waits in a queue goes on to the successor's, by the kernel's net.ipv4.tcp_migrate_req. */
  async leave(hurry: AbortSignal, shut: () => void): Promise<void> {
    this.#listeners.close();
    const all = () => this.#crew.change(this.#forWorkers(this.#ledger.snapshot()));
    if (this.#ledger.ids.length > 0) await this.#turns.take(all);
    shut();
    await emptied(() => this.#admission.open, hurry);
  }

  async close(): Promise<void> {
    this.#rebalancer.close();
    this.#listeners.close();
    await this.#crew.close();
    const message = await this.#captures.close();
    if (message !== undefined) this.events.push({ type: 'notice', message });
    this.events.close();
  }

  async #apply(
    table: ServiceTable,
    beside: ServiceTable,
  ): Promise<readonly ServiceOutcome[]> {
    const carried = table.filter(({ service }) => refusal(service) === undefined);
    await this.#listeners.lookForIpvs();
    await this.#captures.expect(carried.map(({ service }) => service));
    const places = carried.map((entry) => this.#captures.placeOf(entry));
    await letAllIn(this.#listeners.leaving(places), this.#proc, this.#crew);
    await prepareMoves(carried, this.#parties);
    this.#listeners.expect(places);
    this.#bound.expect(carried);
    const change = this.#ledger.revise(carried, beside);
    const ids = change.services.map(({ id }) => id);
    this.heritage.hand(change.services);
    await this.#openings.open(ids, () => this.#crew.change(this.#forWorkers(change)));
    this.#rebalancer.revised(carried);
    await this.#relocate(ids);
    await this.#captures.settle();
    return table.map(({ service }) => this.#outcome(service));
  }

  async #retry(ids: readonly string[]): Promise<void> {
    await this.#openings.retry(ids);
    await this.#relocate(ids);
    await this.#captures.settle();
  }

  /** Captured services whose private port somebody else has taken get another one. */
  async #relocate(ids: readonly string[]): Promise<void> {
    const moved = await this.#captures.move(this.#listeners.taken(ids));
    if (moved.size === 0) return;
    for (const [id, port] of moved) this.#listeners.relocate(id, port);
    const change = this.#ledger.snapshot(moved.keys());
    const ask = () => this.#crew.change(this.#forWorkers(change));
    await this.#openings.reopen([...moved.keys()], ask);
  }

  get #parties() {
    const [ledger, listeners, crew] = [this.#ledger, this.#listeners, this.#crew];
    const notice = (message: string) => this.events.push({ type: 'notice', message });
    const [heritage, workers] = [this.heritage, this.#workers];
    return { ledger, listeners, crew, heritage, workers, notice };
  }

  #outcome(service: VirtualService): ServiceOutcome {
    const problem = refusal(service);
    return problem === undefined
      ? this.#openings.outcome(service.id)
      : { id: service.id, state: 'failed', problem };
  }

  #heard(worker: number, message: Told): void {
    switch (message.type) {
      case 'listener':
        void this.#openings.hear(worker, message.report);
        break;
      case 'connect-failed':
      case 'traffic-failed':
        this.events.push(message);
        break;
      case 'refused':
        this.#crew.post(message, worker);
        break;
      case 'freed':
      case 'retire':
        this.#crew.reply(message.worker, message);
        break;
      case 'notice':
        this.#bound.hear(message.kind);
        this.#notice(message.kind, message.about);
        break;
      case 'lines':
        this.#connectionLog?.write(message.text, message.lines, message.dropped);
        this.#crew.reply(worker, { type: 'taken' });
        break;
      default:
        message satisfies never;
    }
  }

  #died(worker: number, reason: string): void {
    this.#ledger.bury(worker);
    this.#admission.bury(worker);
    this.#listeners.bury(worker);
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

  #forWorkers(change: LedgerChange): TableChange {
    const services = change.services.map((service) => ({
      ...service,
      port: this.#captures.portOf(service),
      sockets: this.#seats.of(service),
      listen: this.#listeners.mayListen(service.id),
      logged: this.#connectionLog ? service.logged : 'none',
    }));
    return { ...change, services };
  }
}
