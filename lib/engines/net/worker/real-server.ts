import type { ConnectionFilter } from '../../../model/traffic.ts';
import type { CarriedServer } from '../protocol.ts';
import type { Memory } from '../table/memory.ts';
import { ServerRecord } from '../table/server-record.ts';
import { keyOf } from '../table/turn.ts';
import type { FailureTally } from './failure-tally.ts';
import type { Ender } from './log/termination.ts';
import { type Member, Members } from './members.ts';
import { oldest } from './oldest.ts';
import { type Sight, type Tenths, tenths } from './sight.ts';
import type { TimerWheel } from './timer-wheel.ts';

/** A connection, as far as its server must know it. */
export interface Resettable extends Member {
  /** Ends it at once.
   *  @param ender  what the log gives as the reason */
  reset(ender: Ender): void;
  /** When it was dialled for; absent as `retire`, where it is no TCP client's. */
  began?: Tenths;
  /** Ends it though nobody asked for that, where a server has taken it. */
  retire?(): void;
  /** The server was found dead: what still waits for its first word goes to another. */
  abandon?(server: RealServer): void;
  /** Part of the name that operators know it by; 0: it was never listed. Absent, as `seen`, where it is
   *  no client's. */
  serial?: number;
  /** Undefined: it is over, or about to be. */
  seen?(): Sight | undefined;
}

/** Ids; without one, of any. */
type Whose = Pick<ConnectionFilter, 'service' | 'server'>;

/** At most one report of a failed dial in this time for one server. */
const REPORT_MS = 1000;

/** A real server in this worker, for as long as it has a record. */
export class RealServer {
  readonly generation: number;
  /** To schedulers; see {@link ServiceView}. */
  readonly key: number;
  readonly record: ServerRecord;
  /** Its service's id. */
  readonly service: string;
  /** This worker's connections to it. */
  readonly connections = new Members<Resettable>();
  id: string;
  address: string;
  port: number;
  /** Why it is never dialled. */
  problem: string | undefined;
  /** It is in a service's table, and not cut: persistence may lead to it. */
  listed = true;
  /** UDP: it has answered this worker at least once. */
  answers = false;
  /** UDP: queries that wait for long, since its last answer. */
  unanswered = 0;
  /** Once a connection failed at it whose service tells of each. */
  failures: FailureTally | undefined;
  #reportedAt = -Infinity;

  constructor(service: string, server: CarriedServer, record: ServerRecord) {
    this.service = service;
    this.generation = server.generation;
    this.key = keyOf(server);
    this.record = record;
    this.id = server.id;
    this.address = server.address;
    this.port = server.port;
    this.problem = server.problem;
    this.listed = !server.cut;
  }

  /** Whether a failed dial is to be reported now. */
  mayReport(now: number): boolean {
    if (now - this.#reportedAt < REPORT_MS) return false;
    this.#reportedAt = now;
    return true;
  }
}

/** All real servers of a worker by their record, so that a server that leaves the table and comes
 *  back finds the connections it still has. */
export class Roster {
  readonly #memory: Memory;
  readonly #worker: number;
  readonly #servers = new Map<number, RealServer>();

  constructor(memory: Memory, worker: number) {
    this.#memory = memory;
    this.#worker = worker;
  }

  /** @param service  its id */
  enlist(service: string, server: CarriedServer): RealServer {
    const known = this.#servers.get(server.record);
    if (known?.generation !== server.generation) return this.#create(service, server);
    known.id = server.id;
    known.address = server.address;
    known.port = server.port;
    known.problem = server.problem;
    known.listed = !server.cut;
    if (server.cut) resetAll(known);
    return known;
  }

  /** It left the table: its connections are reset, or end by themselves. */
  dismiss(record: number, reset: boolean): void {
    const server = this.#servers.get(record);
    if (!server) return;
    server.listed = false;
    if (reset) resetAll(server);
  }

  /** Ends so many of a server's oldest connections, of those that are older than that.
   *  @returns how many there were */
  retire(
    record: number,
    { count, olderThanMs }: { readonly count: number; readonly olderThanMs: number },
    wheel: Pick<TimerWheel, 'now'>,
  ): number {
    const server = this.#servers.get(record);
    if (!server) return 0;
    const before = tenths({ now: wheel.now - olderThanMs });
    const found = oldest(server.connections, count, before);
    for (const one of found) one.retire?.();
    return found.length;
  }

  /** Every connection of the worker, or of one service or server. They may come and go meanwhile. */
  *connections({ service, server }: Whose = {}): Generator<Resettable> {
    for (const one of this.#servers.values()) {
      if (service !== undefined && service !== one.service) continue;
      if (server === undefined || server === one.id) yield* one.connections;
    }
  }

  #create(service: string, server: CarriedServer): RealServer {
    const cell = this.#memory.cell(server.record);
    const created = new RealServer(
      service,
      server,
      new ServerRecord(cell, this.#worker),
    );
    this.#servers.set(server.record, created);
    return created;
  }
}

function resetAll({ connections }: RealServer): void {
  for (const connection of connections) connection.reset('down');
}
