import type { ServiceStats, ServiceTable } from '../../model/engine.ts';
import type { Memory } from './memory.ts';
import type { CarriedService, Dismissal } from './protocol.ts';
import type { RecordPool } from './record-pool.ts';
import { ServiceBook } from './service-book.ts';

/** What a new table changes. */
export interface LedgerChange {
  readonly services: readonly CarriedService[];
  readonly gone: readonly string[];
  readonly dismissed: readonly Dismissal[];
}

/** Whether a service may have a listener at all. */
type MayListen = (id: string) => boolean;

/** The table in force, service by service, written into the shared memory. */
export class Ledger {
  readonly #pool: RecordPool;
  readonly #memory: Memory;
  readonly #books = new Map<string, ServiceBook>();
  /** Left the table with connections open. */
  readonly #retired = new Map<string, ServiceBook>();
  #order: readonly string[] = [];

  constructor(pool: RecordPool, memory: Memory) {
    this.#pool = pool;
    this.#memory = memory;
  }

  /** Writes the table. What is the same object as in the last one is not looked into. Every
   *  worker must have the last change before this is called again. */
  revise(table: ServiceTable, mayListen: MayListen): LedgerChange {
    this.#reclaim();
    this.#order = table.map((entry) => entry.service.id);
    const services: CarriedService[] = [];
    const dismissed: Dismissal[] = [];
    for (const entry of table) {
      const { id } = entry.service;
      const known = this.#books.get(id);
      if (known?.entry === entry) continue;
      const book = known ?? this.#open(id, entry);
      dismissed.push(...book.revise(entry));
      services.push(book.carried(mayListen(id)));
    }
    const gone = this.#retire(new Set(this.#order), dismissed);
    return { services, gone, dismissed };
  }

  /** All of the table, for a worker that knows nothing. */
  snapshot(mayListen: MayListen): LedgerChange {
    const services = [...this.#books].map(([id, book]) => book.carried(mayListen(id)));
    return { services, gone: [], dismissed: [] };
  }

  /** In the table's order. */
  stats(): ServiceStats[] {
    return this.#order.flatMap((id) => this.#books.get(id)?.stats() ?? []);
  }

  /** Takes a dead worker's connections out of the counts. */
  bury(worker: number): void {
    for (const book of this.#books.values()) book.bury(worker);
    for (const book of this.#retired.values()) book.bury(worker);
  }

  #open(id: string, entry: ServiceTable[number]): ServiceBook {
    const retired = this.#retired.get(id);
    this.#retired.delete(id);
    const book = retired ?? new ServiceBook(entry, this.#pool, this.#memory);
    this.#books.set(id, book);
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
