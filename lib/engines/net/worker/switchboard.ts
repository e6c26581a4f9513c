import { addressBytes } from '../../../model/address-bytes.ts';
import type { LeftClients } from '../../../model/heritage.ts';
import type { Client, Scheduler } from '../../../model/scheduler.ts';
import type { PersistenceEntry, PersistenceFilter } from '../../../model/traffic.ts';
import { schedulerNamed } from '../../../schedulers/index.ts';
import { askedKey, type ClientKey, clientKey } from '../../client-key.ts';
import type { CarriedService } from '../protocol.ts';
import type { ServiceRecord } from '../table/service-record.ts';
import type { Journal } from './journal.ts';
import { Persistence, type Template } from './persistence.ts';
import type { RealServer } from './real-server.ts';
import { entryOf, type Left, leftOf, newsOf, restore } from './template-words.ts';
import { RecordView } from './view.ts';

/** A server picked for one connection, and counted. */
export interface Booking {
  readonly server: RealServer;
  /** The client's template, where the service has persistence. */
  readonly template: Template<RealServer> | undefined;
}

export type Persisting = Template<RealServer>;

/** Most templates of one service. One costs some 200 bytes. */
const TEMPLATES = 1_000_000;

/** Which real server a new connection of one service goes to: persistence first, then the
 *  scheduler; and the counts that go with it. */
export class Switchboard {
  readonly record: ServiceRecord;
  readonly #view: RecordView;
  readonly #clock: () => number;
  readonly #journal: Journal<Persisting> | undefined;
  #scheduler: Scheduler | undefined;
  #schedulerName = '';
  #persistence: Persistence<RealServer> | undefined;
  #key: ClientKey = clientKey(undefined);
  #netmask: string | undefined;
  #holds = false;

  /** @param journal  of clients that come */
  constructor(
    service: CarriedService,
    record: ServiceRecord,
    clock: () => number,
    journal?: Journal<Persisting>,
  ) {
    this.record = record;
    this.#clock = clock;
    this.#journal = journal;
    this.#view = new RecordView(record, addressBytes(service.address), clock);
  }

  update(service: CarriedService, servers: readonly RealServer[]): void {
    this.#view.replace(servers);
    this.#view.flags = new Set(service.flags);
    this.#setScheduler(service.scheduler);
    this.#setPersistence(service);
    this.#holds = service.holds;
    this.#persistence?.drop((server) => !server.listed);
  }

  /** Whether any connection could be served at all. */
  get open(): boolean {
    return this.#view.hasWeight || (this.#persistence?.size ?? 0) > 0;
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
      const booking = this.#persistence
        ? this.#bookPersistent(this.#persistence, client, leftOut)
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
    if (!this.#holds || !this.#persistence || address.length === 0) return undefined;
    const kept = this.#persistence.find(this.#key(address))?.server;
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
    if (booking.template) this.#persistence?.close(booking.template);
  }

  /** Drops persistence templates whose time is over.
   *  @returns milliseconds to the next call that has something to do */
  sweep(): number | undefined {
    this.#persistence?.sweep();
    this.#countTemplates();
    return this.#persistence?.nextSweepMs();
  }

  /** Clients that persist, of all or of one server, or the one that is named. They may come and go
   *  meanwhile. */
  *persisting({ server, client }: PersistenceFilter): Generator<Persisting> {
    const persistence = this.#persistence;
    if (!persistence) return;
    const now = this.#clock();
    for (const template of this.#known(persistence, client)) {
      const lives = template.expires > now || template.open > 0;
      if (lives && (server ?? template.server.id) === template.server.id)
        yield template;
    }
  }

  /** Of those that persist the newest, as a share of all: 0 to 1. */
  *newest(share: number): Generator<Persisting> {
    const size = this.#persistence?.size ?? 0;
    let over = size - Math.ceil(size * share);
    for (const template of this.persisting({})) if (--over < 0) yield template;
  }

  /** What of a template outlives the process. */
  leftOf(template: Persisting): Left {
    return leftOf(template, this.#netmask, this.#clock());
  }

  /** As {@link newsOf}; undefined also where another worker has all of them. */
  newsOf(template: Persisting): Left | undefined {
    const persistence = this.#persistence;
    return persistence && newsOf(template, persistence, this.#netmask, this.#clock());
  }

  /** @param merges  they come from a director that is at work
   *  @returns false: the server is not in the table */
  restore(left: LeftClients, merges = false): boolean {
    const persistence = this.#persistence;
    const found = this.#view.find(left.server);
    if (!persistence || left.netmask !== (this.#netmask ?? null)) return true;
    if (!found) return false;
    restore(left, found, persistence, merges);
    this.#countTemplates();
    return true;
  }

  entryOf(template: Persisting): PersistenceEntry {
    return entryOf(template, this.#netmask, this.#clock());
  }

  forget(template: Persisting): void {
    this.#persistence?.forget(template);
    this.#journal?.note(template);
    this.#countTemplates();
  }

  #known(
    persistence: Persistence<RealServer>,
    client: string | undefined,
  ): Iterable<Persisting> {
    if (client === undefined) return persistence;
    const key = askedKey(client, this.#key);
    const template = key === undefined ? undefined : persistence.find(key);
    return template ? [template] : [];
  }

  #bookPersistent(
    persistence: Persistence<RealServer>,
    client: Client,
    leftOut: readonly RealServer[],
  ): Booking | undefined {
    const { address } = client;
    if (address.length === 0) return undefined;
    const key = this.#key(address);
    const known = persistence.find(key)?.server;
    const kept = known && !leftOut.includes(known) ? known : undefined;
    if (kept?.record.full && this.#holds) return undefined;
    const server = kept ?? this.#schedule(client, leftOut);
    if (!server) return undefined;
    server.record.open();
    const template = persistence.open(key, server);
    this.#journal?.note(template);
    this.#countTemplates();
    return { server, template };
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

  #setPersistence(service: CarriedService): void {
    const { persistentMs: timeoutMs, netmask } = service;
    if (timeoutMs === undefined) {
      if (this.#persistence) this.#journal?.lose();
      this.#persistence = undefined;
    } else if (this.#persistence && netmask === this.#netmask)
      this.#persistence.timeoutMs = timeoutMs;
    else this.#persistence = this.#newPersistence(timeoutMs);
    this.#netmask = netmask;
    this.#key = clientKey(netmask);
    this.#countTemplates();
  }

  #newPersistence(timeoutMs: number): Persistence<RealServer> {
    const held = (template: Persisting) => this.#journal?.note(template);
    return new Persistence({ clock: this.#clock, timeoutMs, limit: TEMPLATES, held });
  }

  #countTemplates(): void {
    const known = this.record.read('persistence');
    this.record.count('persistence', (this.#persistence?.size ?? 0) - known);
  }
}
