import { addressBytes } from '../../../model/address-bytes.ts';
import type { Client, Scheduler } from '../../../model/scheduler.ts';
import { schedulerNamed } from '../../../schedulers/index.ts';
import type { CarriedService } from '../protocol.ts';
import type { ServiceRecord } from '../table/service-record.ts';
import { Clients, type Persisting } from './clients.ts';
import type { Journal } from './journal.ts';
import type { RealServer } from './real-server.ts';
import { RecordView } from './view.ts';

/** A server picked for one connection, and counted. */
export interface Booking {
  readonly server: RealServer;
  /** The client's template, where the service has persistence. */
  readonly template: Persisting | undefined;
}

/** Which real server a new connection of one service goes to: persistence first, then the
 *  scheduler; and the counts that go with it. */
export class Switchboard {
  readonly record: ServiceRecord;
  readonly clients: Clients;
  readonly #view: RecordView;
  #scheduler: Scheduler | undefined;
  #schedulerName = '';
  #holds = false;

  /** @param journal  of clients that come */
  constructor(
    service: CarriedService,
    record: ServiceRecord,
    clock: () => number,
    journal?: Journal<Persisting>,
  ) {
    this.record = record;
    this.#view = new RecordView(record, addressBytes(service.address), clock);
    const find = (id: string) => this.#view.find(id);
    this.clients = new Clients({ record, clock, journal, find });
  }

  update(service: CarriedService, servers: readonly RealServer[]): void {
    this.#view.replace(servers);
    this.#view.flags = new Set(service.flags);
    this.#setScheduler(service.scheduler);
    this.clients.update(service);
    this.#holds = service.holds;
  }

  /** Whether any connection could be served at all. */
  get open(): boolean {
    return this.#view.hasWeight || this.clients.size > 0;
  }

  /** Whether a server in the table has connections, of any worker. */
  get busy(): boolean {
    return this.#view.hasActive;
  }

  /** Connections to the servers in the table, of all workers. */
  get connections(): number {
    return this.#view.connections;
  }

  /** Picks and counts as one step over all workers.
   *  @param leftOut servers that this connection has tried in vain */
  book(client: Client, leftOut: readonly RealServer[]): Booking | undefined {
    this.record.lock();
    try {
      if (!this.record.hasRoom) return undefined;
      const booking = this.clients.persist
        ? this.#bookPersistent(client, leftOut)
        : this.#bookScheduled(client, leftOut);
      if (booking) this.record.move(1);
      return booking;
    } finally {
      this.record.unlock();
    }
  }

  /** Whether waiting may help one that found no place: it is only that all who may serve it are full. */
  isFull(client: Client, leftOut: readonly RealServer[]): boolean {
    if (!this.record.hasRoom || this.heldTo(client, leftOut)) return true;
    return this.#view.hasFull(leftOut);
  }

  /** Whether a new connection would be served. */
  get hasPlace(): boolean {
    return this.record.hasRoom && this.#view.hasEligible;
  }

  /** The full server that the client persists at, where it is held to it though. */
  heldTo(client: Client, leftOut: readonly RealServer[]): RealServer | undefined {
    const { address } = client;
    if (!this.#holds || !this.clients.persist || address.length === 0) return undefined;
    const kept = this.clients.find(this.clients.keyOf(address));
    return kept?.record.full && !leftOut.includes(kept) ? kept : undefined;
  }

  halfClosed(booking: Booking): void {
    this.record.lock();
    booking.server.record.halfClose();
    this.record.unlock();
  }

  release(booking: Booking, halfClosed: boolean): void {
    this.record.lock();
    booking.server.record.release(halfClosed);
    this.record.move(-1);
    this.record.unlock();
    if (booking.template) this.clients.leave(booking.template);
  }

  #bookPersistent(client: Client, leftOut: readonly RealServer[]): Booking | undefined {
    const { clients } = this;
    const { address } = client;
    if (address.length === 0) return undefined;
    const key = clients.keyOf(address);
    const known = clients.find(key);
    const kept = known && !leftOut.includes(known) ? known : undefined;
    if (kept?.record.full && this.#holds) return undefined;
    const server = kept ?? this.#schedule(client, leftOut);
    if (!server) return undefined;
    server.record.open();
    return { server, template: clients.come(key, server) };
  }

  #bookScheduled(client: Client, leftOut: readonly RealServer[]): Booking | undefined {
    const server = this.#schedule(client, leftOut);
    if (!server) return undefined;
    server.record.open();
    return { server, template: undefined };
  }

  #schedule(client: Client, leftOut: readonly RealServer[]): RealServer | undefined {
    if (leftOut.length > 0) this.#view.leftOut = leftOut;
    else this.#view.everyone();
    const row = this.#scheduler?.pick(this.#view, client);
    return row === undefined ? undefined : this.#view.server(row);
  }

  #setScheduler(name: string): void {
    if (name !== this.#schedulerName) this.#view.forget();
    this.#scheduler = schedulerNamed(name);
    this.#schedulerName = name;
  }
}
