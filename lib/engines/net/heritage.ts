import { grouped } from '../../model/grouped.ts';
import type {
  ClientNews,
  Heritage,
  LeftClients,
  LeftNumbers,
} from '../../model/heritage.ts';
import { within } from '../../model/within.ts';
import type { Crew } from './crew/crew.ts';
import { NOT_ALL } from './crew/question.ts';
import { LaterClients } from './later-clients.ts';
import type { ToWorker } from './protocol.ts';
import type { BookedService, Ledger } from './table/ledger.ts';

/** A worker's place is not left empty for longer. */
const READ_MS = 2000;
/** Of a worker's texts: each has 1,000 clients, but for the last of each server. */
const MOST_TEXTS = 100_000;

type Known = Pick<
  Ledger,
  'wants' | 'snapshot' | 'persisting' | 'persistingAt' | 'numbers' | 'count'
>;

/** Clients that persist, from the run before and for the next one. They are in their service's worker; those
 *  of a server that is not in the table yet, since its first check has not ended, wait here. */
export class NetHeritage implements Heritage {
  readonly #crew: Pick<Crew, 'begin' | 'reply' | 'inquiries'>;
  readonly #ledger: Known;
  /** By service. */
  #waiting = new Map<string, LeftClients[]>();
  readonly #later = new LaterClients();
  #read: () => Promise<readonly LeftClients[]> = async () => [];

  constructor(crew: Pick<Crew, 'begin' | 'reply' | 'inquiries'>, ledger: Known) {
    this.#crew = crew;
    this.#ledger = ledger;
  }

  async clients(most: number): Promise<readonly string[]> {
    const share = Math.min(1, most / Math.max(1, this.#ledger.persisting));
    const question = { about: 'heritage', share, most: MOST_TEXTS } as const;
    const { items, silent } = await this.#crew.inquiries.ask(question);
    if (silent > 0)
      throw new Error(`${silent} of the worker threads did not answer within 2 s`);
    return items as readonly string[]; // what a worker sends is what it was asked for
  }

  async news(): Promise<ClientNews> {
    const question = { about: 'news', most: MOST_TEXTS } as const;
    const { items, total, silent } = await this.#crew.inquiries.ask(question);
    const texts = (items as readonly string[]).filter((text) => text !== NOT_ALL);
    return { texts, isAll: silent === 0 && texts.length === total };
  }

  endNews(): void {
    void this.#crew.inquiries.ask({ about: 'news', most: 0 });
  }

  merge(left: readonly LeftClients[]): void {
    const ids = new Set(left.map(({ service }) => service));
    const { services } = this.#ledger.snapshot(ids);
    const booked = new Map(services.map((service) => [service.id, service]));
    for (const one of left) {
      const service = booked.get(one.service);
      if (!service) continue;
      const isListed = service.servers.some(({ id }) => id === one.server);
      if (isListed && this.#ledger.wants(service.id)) {
        this.#crew.begin();
        this.#reply(service, { type: 'left', left: one, merges: 'there' });
      } else this.#later.add(one);
    }
  }

  readAgain(read: () => Promise<readonly LeftClients[]>): void {
    this.#read = read;
  }

  /** Those that a worker has known that is dead, as far as they were read again. Never rejects. */
  async of(worker: number): Promise<readonly LeftClients[]> {
    const left = await within(READ_MS, this.#read(), () => []).catch(() => []);
    const { services } = this.#ledger.snapshot();
    const own = new Set(
      services.flatMap(({ id, home }) => (home === worker ? id : [])),
    );
    return left.filter(({ service }) => own.has(service));
  }

  numbers(): readonly LeftNumbers[] {
    return this.#ledger.numbers();
  }

  count(left: readonly LeftNumbers[]): void {
    this.#ledger.count(left);
  }

  take(left: readonly LeftClients[]): void {
    this.#waiting = grouped(left, ({ service }) => service);
    this.hand(this.#ledger.snapshot(this.#waiting.keys()).services);
  }

  /** Clients of services that get another worker go on there: told before the change, which has them known. Who
   *  comes for the first time meanwhile is scheduled anew. Never rejects.
   *  @param homes  the new ones
   *  @returns      how many workers did not answer: the clients that they know are scheduled anew */
  async move(homes: ReadonlyMap<string, number | undefined>): Promise<number> {
    const services = [...homes].flatMap(([id, home]) =>
      home !== undefined && this.#ledger.persistingAt(id) > 0 ? [id] : [],
    );
    if (services.length === 0) return 0;
    const question = { about: 'heritage', share: 1, most: MOST_TEXTS } as const;
    const { items, silent } = await this.#crew.inquiries.ask({ ...question, services });
    for (const text of items) {
      const left: LeftClients = JSON.parse(String(text));
      const home = homes.get(left.service);
      if (home !== undefined) this.#crew.reply(home, { type: 'left', left });
    }
    return silent;
  }

  /** Tells the workers what waits for servers that these services have now, before they hear of the services
   *  themselves. As long as a service has nobody to send to, it has no listener, and none for its sake. */
  hand(services: readonly BookedService[]): void {
    for (const service of services) {
      const listed = new Set(service.servers.map(({ id }) => id));
      this.#handLeft(service, listed);
      if (!this.#ledger.wants(service.id)) continue;
      for (const left of this.#later.take(service.id, listed)) {
        this.#crew.begin();
        this.#reply(service, { type: 'left', left, merges: 'coming' });
      }
    }
  }

  #handLeft(service: BookedService, listed: ReadonlySet<string>): void {
    const left = this.#waiting.get(service.id);
    if (!left || !this.#ledger.wants(service.id)) return;
    const later = left.filter(({ server }) => !listed.has(server));
    if (later.length > 0) this.#waiting.set(service.id, later);
    else this.#waiting.delete(service.id);
    for (const one of left)
      if (listed.has(one.server)) {
        this.#crew.begin();
        this.#reply(service, { type: 'left', left: one });
      }
  }

  #reply({ home }: BookedService, message: ToWorker): void {
    if (home !== undefined) this.#crew.reply(home, message);
  }
}
