import type { ServiceStats, ServiceTable } from '../../../model/engine.ts';
import type { LeftNumbers } from '../../../model/heritage.ts';
import type { CarriedService, Dismissal } from '../protocol.ts';
import { Cycles } from './cycles.ts';
import { Homes } from './homes.ts';
import { house } from './housing.ts';
import { inTheBeginning } from './left-numbers.ts';
import type { Memory } from './memory.ts';
import type { RecordPool } from './record-pool.ts';
import type { ServerBook } from './server-book.ts';
import { ServiceBook } from './service-book.ts';

/** A service as the table has it; whether and on which sockets it may listen is not known here. */
export type BookedService = Omit<CarriedService, 'listen' | 'sockets'>;

/** What a new table changes. */
export interface LedgerChange {
  readonly services: readonly BookedService[];
  readonly gone: readonly string[];
  readonly dismissed: readonly Dismissal[];
}

/** The table in force, service by service, written into the shared memory. */
export class Ledger {
  readonly #pool: RecordPool;
  readonly #memory: Memory;
  readonly #books = new Map<string, ServiceBook>();
  /** Left the table with connections open. */
  readonly #retired = new Map<string, ServiceBook>();
  /** Of an earlier run, of services that have not come yet. */
  readonly #left = new Map<string, LeftNumbers>();
  readonly #homes: Homes;
  readonly #cycles = new Cycles();
  #order: readonly string[] = [];

  constructor(pool: RecordPool, memory: Memory) {
    this.#pool = pool;
    this.#memory = memory;
    this.#homes = new Homes(memory.workers);
  }

  /** Writes the table. What is the same object as in the last one is not looked into. Every
   *  worker must have the last change before this is called again.
   *  @param beside  what kernels' engines carry */
  revise(table: ServiceTable, beside: ServiceTable = []): LedgerChange {
    this.#reclaim();
    this.#order = table.map((entry) => entry.service.id);
    const changed = new Set<string>();
    const dismissed: Dismissal[] = [];
    for (const entry of table) {
      const { id } = entry.service;
      const known = this.#books.get(id);
      if (known?.entry === entry) continue;
      const book = known ?? this.#open(id, entry);
      dismissed.push(...book.revise(entry));
      changed.add(id);
    }
    const gone = this.#retire(new Set(this.#order), dismissed);
    for (const id of this.#cycles.revise(table, beside)) changed.add(id);
    for (const id of this.#leading(table, new Set([...changed, ...gone])))
      changed.add(id);
    for (const id of this.moving(table).keys()) changed.add(id);
    house(this.#homes, table);
    const services = this.#order.flatMap((id) =>
      changed.has(id) ? this.#booked(id) : [],
    );
    return { services, gone, dismissed };
  }

  /** Services of the table in force that this one would give another worker.
   *  @returns by id the new one; undefined: all */
  moving(table: ServiceTable): ReadonlyMap<string, number | undefined> {
    if (this.#memory.workers === 1) return new Map();
    const homes = this.#homes.copy();
    house(homes, table);
    const moving = this.#order.filter((id) => homes.of(id) !== this.#homes.of(id));
    return new Map(moving.map((id) => [id, homes.of(id)]));
  }

  /** Clients that persist at the service. */
  persistingAt(id: string): number {
    return this.#books.get(id)?.persisting ?? 0;
  }

  /** What is in force of these services; by default all of the table, for a worker that knows
   *  nothing. */
  snapshot(ids: Iterable<string> = this.#books.keys()): LedgerChange {
    const services = [...ids].flatMap((id) => this.#booked(id));
    return { services, gone: [], dismissed: [] };
  }

  get ids(): readonly string[] {
    return this.#order;
  }

  /** Whether the service has a server that connections could be sent to, or leads to one that has. */
  wants(id: string): boolean {
    const book = this.#books.get(id);
    if (!book) return false;
    const { sni } = book.entry.service.options;
    return book.wanted || sni.some(({ service }) => this.#books.get(service)?.wanted);
  }

  /** Real servers in the table that may be dialled, in its order. */
  serversOf(id: string): readonly ServerBook[] {
    const servers = this.#books.get(id)?.servers ?? [];
    const barred = this.#cycles.of(id);
    return barred.size === 0
      ? servers
      : servers.filter(({ entry }) => !barred.has(entry.id));
  }

  /** Clients that persist, of all services. */
  get persisting(): number {
    let sum = 0;
    for (const book of this.#books.values()) sum += book.persisting;
    return sum;
  }

  /** In the table's order; then what an earlier run left of services that have not come yet. */
  stats(): ServiceStats[] {
    const listed = this.#order.flatMap((id) => this.#books.get(id)?.stats() ?? []);
    return [...listed, ...[...this.#left.values()].map(inTheBeginning)];
  }

  /** What the next run is to count on from. */
  numbers(): readonly LeftNumbers[] {
    return this.#order.flatMap((id) => this.#books.get(id)?.numbers() ?? []);
  }

  /** Counts on from there. */
  count(left: readonly LeftNumbers[]): void {
    for (const numbers of left) {
      const book = this.#books.get(numbers.id);
      if (book) book.count(numbers);
      else this.#left.set(numbers.id, numbers);
    }
  }

  /** Takes a dead worker's connections out of the counts. */
  bury(worker: number): void {
    for (const book of this.#books.values()) book.bury(worker);
    for (const book of this.#retired.values()) book.bury(worker);
  }

  #booked(id: string): readonly BookedService[] {
    const book = this.#books.get(id);
    return book
      ? [{ ...book.carried(this.#cycles.of(id)), home: this.#homes.of(id) }]
      : [];
  }

  /** Those that lead clients to any of these: they let them in as long as one of these could serve them. */
  #leading(table: ServiceTable, to: ReadonlySet<string>): readonly string[] {
    if (to.size === 0) return [];
    return table.flatMap(({ service: { id, options } }) =>
      options.sni.some(({ service }) => to.has(service)) ? [id] : [],
    );
  }

  #open(id: string, entry: ServiceTable[number]): ServiceBook {
    const retired = this.#retired.get(id);
    this.#retired.delete(id);
    const book = retired ?? new ServiceBook(entry, this.#pool, this.#memory);
    this.#books.set(id, book);
    const left = this.#left.get(id);
    if (left) book.count(left);
    this.#left.delete(id);
    return book;
  }

  #retire(listed: ReadonlySet<string>, dismissed: Dismissal[]): string[] {
    const gone = [...this.#books.keys()].filter((id) => !listed.has(id));
    for (const id of gone) {
      const book = this.#books.get(id);
      if (!book) continue;
      dismissed.push(...book.retire());
      this.#books.delete(id);
      this.#retired.set(id, book);
    }
    return gone;
  }

  #reclaim(): void {
    for (const book of this.#books.values()) book.reclaim();
    for (const [id, book] of this.#retired) {
      if (book.reclaim()) continue;
      book.giveBack();
      this.#retired.delete(id);
    }
  }
}
