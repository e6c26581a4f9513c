import type { ServerEntry, ServiceEntry, ServiceStats } from '../../../model/engine.ts';
import type { LeftNumbers, LeftServerNumbers } from '../../../model/heritage.ts';
import type { LimitStats } from '../../../model/limits.ts';
import { endsAtRemoval } from '../../../model/removal.ts';
import type { VirtualService } from '../../../model/virtual-service.ts';
import { schedulerNamed } from '../../../schedulers/index.ts';
import type { CarriedService, Dismissal } from '../protocol.ts';
import { carriedOf } from './carrying.ts';
import type { Barred } from './cycles.ts';
import { quiet } from './left-numbers.ts';
import type { Memory } from './memory.ts';
import { QueueRecord } from './queue-record.ts';
import type { Loan, RecordPool } from './record-pool.ts';
import { ServerBook } from './server-book.ts';
import { ServiceRecord } from './service-record.ts';
import { keyOf, turnAfter } from './turn.ts';

/** A virtual service as the main thread keeps it: the entry in force, and its records. */
export class ServiceBook {
  readonly #loan: Loan;
  readonly #pool: RecordPool;
  readonly #memory: Memory;
  readonly #columns: readonly ServiceRecord[];
  readonly #queue: QueueRecord;
  /** In the table's order. */
  #servers: ServerBook[] = [];
  /** Left the table with connections open. */
  #leaving: ServerBook[] = [];
  #entry: ServiceEntry;
  /** What an earlier run had counted; of servers, as long as they have not come. */
  #base: LeftNumbers | undefined;
  readonly #left = new Map<string, LeftServerNumbers>();
  #scheduler = '';

  constructor(entry: ServiceEntry, pool: RecordPool, memory: Memory) {
    this.#entry = entry;
    this.#pool = pool;
    this.#memory = memory;
    this.#loan = pool.take();
    const cell = memory.cell(this.#loan.record);
    const main = memory.workers + 1;
    this.#columns = Array.from(
      { length: memory.workers },
      (_, worker) => new ServiceRecord(cell, worker, main),
    );
    for (const column of this.#columns) column.wipeColumn();
    this.#record.wipe();
    this.#queue = new QueueRecord(cell, 0, memory.workers);
  }

  get entry(): ServiceEntry {
    return this.#entry;
  }

  get servers(): readonly ServerBook[] {
    return this.#servers;
  }

  /** Whether there is a server that connections could be sent to. */
  get wanted(): boolean {
    return this.#entry.servers.some(({ weight }) => weight > 0) || this.persisting > 0;
  }

  /** Its clients that persist. */
  get persisting(): number {
    return this.#sum('persistence');
  }

  /** Writes the entry into the records.
   *  @returns the servers that left */
  revise(entry: ServiceEntry): Dismissal[] {
    const { service } = this.#entry;
    this.#entry = entry;
    const before = this.#all();
    const known = new Map(before.map((server) => [server.entry.id, server]));
    const servers = entry.servers.map(
      (server) => known.get(server.id) ?? this.#engage(server),
    );
    const kept = new Set(servers);
    const listed = this.#servers;
    const left = listed.filter((server) => !kept.has(server));
    this.#servers = servers;
    this.#leaving = before.filter((server) => !kept.has(server));
    this.#write(listed, left);
    return left.map((server) => this.#dismissal(server, service));
  }

  /** The service leaves the table, and all servers with it. */
  retire(): Dismissal[] {
    return this.revise({ ...this.#entry, servers: [] });
  }

  /** Gives back the records of servers that have left and have nothing open.
   *  @returns whether any server is left, listed or not */
  reclaim(): boolean {
    const drained = this.#leaving.filter((server) => server.connections === 0);
    for (const server of drained) this.#pool.give(server.loan);
    if (drained.length > 0)
      this.#leaving = this.#leaving.filter((server) => server.connections > 0);
    return this.#servers.length + this.#leaving.length > 0;
  }

  /** After the last {@link reclaim}. */
  giveBack(): void {
    this.#pool.give(this.#loan);
  }

  /** Takes what a dead worker had open out of the counts, and opens its locks. */
  bury(worker: number): void {
    this.#record.free(worker + 1);
    this.#record.lock();
    for (const server of this.#all()) server.bury(worker);
    const column = this.#columns[worker];
    column?.count('persistence', -column.read('persistence'));
    this.#queue.bury(worker);
    this.#record.limit(this.#record.cap, this.#open);
    this.#record.unlock();
  }

  /** Counts on from there. */
  count(left: LeftNumbers): void {
    this.#base = left;
    const engaged = new Map(this.#servers.map((server) => [server.entry.id, server]));
    for (const numbers of left.servers) {
      const server = engaged.get(numbers.id);
      if (server) server.base = numbers;
      else this.#left.set(numbers.id, numbers);
    }
  }

  /** @param barred  which of its servers must not be dialled */
  carried(barred: Barred): Omit<CarriedService, 'listen' | 'home' | 'sockets'> {
    const { service } = this.#entry;
    return {
      ...carriedOf(service),
      record: this.#loan.record,
      servers: this.#servers.map((server) => server.carried(service, barred)),
    };
  }

  stats(): ServiceStats {
    const { servers, ...numbers } = this.numbers();
    return {
      ...numbers,
      servers: [...servers, ...[...this.#left.values()].map(quiet)],
      retiredConnections: this.#record.tallied('retired'),
      persistenceEntries: this.persisting,
      limits: this.#limits(),
    };
  }

  /** Without the servers that have not come since an earlier run: they are forgotten with this one. */
  numbers(): Omit<ServiceStats, 'persistenceEntries' | 'limits'> {
    const leaving = this.#leaving.filter((server) => server.connections > 0);
    const base = this.#base;
    return {
      id: this.#entry.service.id,
      servers: [...this.#servers, ...leaving].map((server) => server.stats()),
      acceptedConnections: this.#sum('accepted') + (base?.acceptedConnections ?? 0),
      refusedConnections: this.#sum('refused') + (base?.refusedConnections ?? 0),
      retries: this.#sum('retries') + (base?.retries ?? 0),
      proxyHeaderErrors:
        this.#record.tallied('proxyHeaderErrors') + (base?.proxyHeaderErrors ?? 0),
      sniUnmatched: this.#record.tallied('sniUnmatched') + (base?.sniUnmatched ?? 0),
      sniErrors: this.#record.tallied('sniErrors') + (base?.sniErrors ?? 0),
    };
  }

  #limits(): LimitStats {
    const record = this.#record;
    return {
      denied: record.tallied('denied'),
      limited: record.tallied('limited'),
      queued: this.#queue.waiting,
      mostQueued: this.#queue.most,
      queueTimeouts: record.tallied('expired'),
    };
  }

  get #record(): ServiceRecord {
    const [first] = this.#columns;
    if (!first) throw new RangeError('an engine has at least one worker');
    return first;
  }

  #sum(name: 'accepted' | 'refused' | 'retries' | 'persistence'): number {
    return this.#columns.reduce((total, column) => total + column.read(name), 0);
  }

  #all(): ServerBook[] {
    return [...this.#servers, ...this.#leaving];
  }

  /** Connections, of all its servers. */
  get #open(): number {
    return this.#all().reduce((sum, server) => sum + server.connections, 0);
  }

  #engage(entry: ServerEntry): ServerBook {
    const book = new ServerBook(entry, this.#pool.take(), this.#memory);
    book.base = this.#left.get(entry.id);
    this.#left.delete(entry.id);
    return book;
  }

  /** @param before the servers so far */
  #write(before: readonly ServerBook[], left: readonly ServerBook[]): void {
    this.#record.lock();
    for (const [index, entry] of this.#entry.servers.entries())
      this.#servers[index]?.revise(entry);
    for (const server of left) server.retire();
    this.#setTurn(before, left);
    this.#record.limit(this.#entry.service.options.serviceConnections, this.#open);
    this.#record.changed();
    this.#record.unlock();
  }

  /** Once for all workers, so that the turn goes on over all of them. */
  #setTurn(before: readonly ServerBook[], left: readonly ServerBook[]): void {
    const { scheduler } = this.#entry.service;
    const { cursor } = this.#record;
    if (scheduler !== this.#scheduler) cursor.fill(0);
    else if (schedulerNamed(scheduler)?.restarts) cursor[0] = 0;
    else if (left.length > 0)
      cursor[0] = turnAfter(cursor[0] ?? 0, keysOf(before), keysOf(left));
    this.#scheduler = scheduler;
  }

  #dismissal({ entry, loan }: ServerBook, before: VirtualService): Dismissal {
    const reset = endsAtRemoval(entry, before, this.#entry.service);
    return { service: this.#entry.service.id, record: loan.record, reset };
  }
}

function keysOf(servers: readonly ServerBook[]): readonly number[] {
  return servers.map(({ loan }) => keyOf(loan));
}
