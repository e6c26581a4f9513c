import type { ServerEntry, ServerStats } from '../../../model/engine.ts';
import type { LeftServerNumbers } from '../../../model/heritage.ts';
import type { VirtualService } from '../../../model/virtual-service.ts';
import type { CarriedServer } from '../protocol.ts';
import type { Barred } from './cycles.ts';
import { leadsBack } from './leads-back.ts';
import type { Memory } from './memory.ts';
import type { Loan } from './record-pool.ts';
import { ServerRecord } from './server-record.ts';

const MOST = 2 ** 31 - 1;

/** A real server as the main thread keeps it: what the table says, and its record. */
export class ServerBook {
  readonly loan: Loan;
  entry: ServerEntry;
  /** What an earlier run had counted. */
  base: LeftServerNumbers | undefined;
  /** One a worker; what they share is the same in each. */
  readonly #columns: readonly ServerRecord[];
  readonly #shared: ServerRecord;

  constructor(entry: ServerEntry, loan: Loan, memory: Memory) {
    this.entry = entry;
    this.loan = loan;
    const cell = memory.cell(loan.record);
    this.#shared = new ServerRecord(cell, 0);
    this.#columns = Array.from(
      { length: memory.workers },
      (_, worker) => new ServerRecord(cell, worker),
    );
    this.#shared.wipe();
    for (const column of this.#columns) column.wipeColumn();
  }

  /** Connections open in all workers. */
  get connections(): number {
    return this.#shared.connections;
  }

  /** Of these, the ones that are open both ways. */
  get active(): number {
    return this.#shared.active;
  }

  /** And of these, each worker's. */
  get activeByWorker(): readonly number[] {
    return this.#columns.map((column) => column.own('active'));
  }

  /** Under the service's lock. */
  revise(entry: ServerEntry): void {
    this.entry = entry;
    const { weight, lower, upper } = entry;
    this.#shared.set({ weight: word(weight), lower: word(lower), upper: word(upper) });
  }

  /** Under the service's lock: nothing is scheduled to it from now on. */
  retire(): void {
    this.#shared.set({ weight: 0, lower: 0, upper: 0 });
  }

  /** Under the service's lock. */
  bury(worker: number): void {
    this.#columns[worker]?.bury(this.#columns);
  }

  /** @param barred  which servers of the service must not be dialled */
  carried({ id: service }: VirtualService, barred: Barred): CarriedServer {
    const { id, address, port } = this.entry;
    const back = barred.get(id);
    const problem = back && leadsBack(service, this.entry, back.id);
    const cut = this.entry.cut === true;
    return { id, address, port, problem, cut, ...this.loan };
  }

  stats(): ServerStats {
    const stats = {
      ...{ totalConnections: 0, bytesIn: 0, bytesOut: 0, connectFailures: 0 },
      ...this.base,
      id: this.entry.id,
      activeConnections: this.#shared.active,
      inactiveConnections: this.#shared.inactive,
    };
    for (const { totals } of this.#columns) {
      stats.totalConnections += totals.totalConnections;
      stats.bytesIn += totals.bytesIn;
      stats.bytesOut += totals.bytesOut;
      stats.connectFailures += totals.connectFailures;
    }
    return stats;
  }
}

/** As a record's 32 bits hold it: ldirectord takes numbers of any length. */
function word(value: number): number {
  return Math.min(value, MOST);
}
