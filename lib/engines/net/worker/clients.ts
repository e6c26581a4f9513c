import type { LeftClients } from '../../../model/heritage.ts';
import type { PersistenceEntry, PersistenceFilter } from '../../../model/traffic.ts';
import { askedKey, type ClientKey, clientKey } from '../../client-key.ts';
import type { CarriedService } from '../protocol.ts';
import type { ServiceRecord } from '../table/service-record.ts';
import type { Journal } from './journal.ts';
import { Persistence, type Template } from './persistence.ts';
import type { RealServer } from './real-server.ts';
import { entryOf, type Left, leftOf, newsOf, restore } from './template-words.ts';

export type Persisting = Template<RealServer>;

/** Clients of another run, or with `merges` of another director, that wait for their server. */
export interface WaitingClients {
  readonly left: LeftClients;
  readonly merges: boolean;
}

/** Most templates of one service. One costs some 200 bytes. */
const TEMPLATES = 1_000_000;

export interface ClientsOptions {
  /** The service's, which counts them. */
  readonly record: ServiceRecord;
  readonly clock: () => number;
  /** Of clients that come. */
  readonly journal: Journal<Persisting> | undefined;
  /** The server of that id in the table. */
  readonly find: (id: string) => RealServer | undefined;
}

/** The clients of one service that persist, in one worker: who has which server and until when, and what others are
 *  told of that. Without persistence nobody is known. */
export class Clients {
  readonly #options: ClientsOptions;
  #persistence: Persistence<RealServer> | undefined;
  #key: ClientKey = clientKey(undefined);
  #netmask: string | undefined;

  constructor(options: ClientsOptions) {
    this.#options = options;
  }

  /** Whether the service has persistence. */
  get persist(): boolean {
    return this.#persistence !== undefined;
  }

  get size(): number {
    return this.#persistence?.size ?? 0;
  }

  /** Servers that have left the table take their clients along. */
  update(service: CarriedService): void {
    this.#setPersistence(service);
    this.#persistence?.drop((server) => !server.listed);
  }

  /** By what a client is known: its network, as `netmask` has it.
   *  @param address  its bytes */
  keyOf(address: Uint8Array): string {
    return this.#key(address);
  }

  /** @param key  of {@link keyOf} */
  find(key: string): RealServer | undefined {
    return this.#persistence?.find(key)?.server;
  }

  /** A client has a connection to that server, and persists at it.
   *  @returns undefined where there is no persistence */
  come(key: string, server: RealServer): Persisting | undefined {
    const template = this.#persistence?.open(key, server);
    if (template) this.#options.journal?.note(template);
    this.#count();
    return template;
  }

  /** That connection is over. */
  leave(template: Persisting): void {
    this.#persistence?.close(template);
  }

  /** Drops templates whose time is over.
   *  @returns milliseconds to the next call that has something to do */
  sweep(): number | undefined {
    this.#persistence?.sweep();
    this.#count();
    return this.#persistence?.nextSweepMs();
  }

  /** Those of all or of one server, or the one that is named. They may come and go meanwhile. */
  *persisting({ server, client }: PersistenceFilter): Generator<Persisting> {
    const persistence = this.#persistence;
    if (!persistence) return;
    const now = this.#options.clock();
    for (const template of this.#known(persistence, client)) {
      const lives = template.expires > now || template.open > 0;
      if (lives && (server ?? template.server.id) === template.server.id)
        yield template;
    }
  }

  /** The newest, as a share of all: 0 to 1. */
  *newest(share: number): Generator<Persisting> {
    const { size } = this;
    let over = size - Math.ceil(size * share);
    for (const template of this.persisting({})) if (--over < 0) yield template;
  }

  /** What of a template outlives the process. */
  leftOf(template: Persisting): Left {
    return leftOf(template, this.#netmask, this.#options.clock());
  }

  /** As {@link newsOf}; undefined also where another worker has all of them. */
  newsOf(template: Persisting): Left | undefined {
    const persistence = this.#persistence;
    const now = this.#options.clock();
    return persistence && newsOf(template, persistence, this.#netmask, now);
  }

  /** @param merges  they come from a director that is at work
   *  @returns false: the server is not in the table */
  restore(left: LeftClients, merges = false): boolean {
    const persistence = this.#persistence;
    const found = this.#options.find(left.server);
    if (!persistence || left.netmask !== (this.#netmask ?? null)) return true;
    if (!found) return false;
    restore(left, found, persistence, merges);
    this.#count();
    return true;
  }

  entryOf(template: Persisting): PersistenceEntry {
    return entryOf(template, this.#netmask, this.#options.clock());
  }

  forget(template: Persisting): void {
    this.#persistence?.forget(template);
    this.#options.journal?.note(template);
    this.#count();
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

  #setPersistence(service: CarriedService): void {
    const { persistentMs: timeoutMs, netmask } = service;
    if (timeoutMs === undefined) {
      if (this.#persistence) this.#options.journal?.lose();
      this.#persistence = undefined;
    } else if (this.#persistence && netmask === this.#netmask)
      this.#persistence.timeoutMs = timeoutMs;
    else this.#persistence = this.#newPersistence(timeoutMs);
    this.#netmask = netmask;
    this.#key = clientKey(netmask);
    this.#count();
  }

  #newPersistence(timeoutMs: number): Persistence<RealServer> {
    const { clock, journal } = this.#options;
    const held = (template: Persisting) => journal?.note(template);
    return new Persistence({ clock, timeoutMs, limit: TEMPLATES, held });
  }

  #count(): void {
    const { record } = this.#options;
    record.count('persistence', this.size - record.read('persistence'));
  }
}
