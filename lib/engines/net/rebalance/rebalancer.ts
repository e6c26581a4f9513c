import type { ServerEntry, ServiceEntry, ServiceTable } from '../../../model/engine.ts';
import type { ToWorker } from '../protocol.ts';
import type { ServerBook } from '../table/server-book.ts';
import { sharedOut, surplus } from './surplus.ts';

/** Between two looks at a service that is being rebalanced. */
const LOOK_MS = 100;
/** Looks are late now and then, and two may come close together: this part of the rate keeps below it. */
const CAUTION = 0.8;

/** Servers of a service that came while the others had connections. */
interface Campaign {
  readonly came: Set<string>;
  /** When the first of them came. What began later has had its choice. */
  readonly since: number;
  /** Connections that may still be ended; undefined: before the first look. */
  budget: number | undefined;
  /** Of the rate, carried over to the next look. */
  allowance: number;
}

/** Whom it asks for servers. */
interface Books {
  serversOf(service: string): readonly ServerBook[];
}

/** Who has the connections. */
interface Workers {
  reply(worker: number, message: ToWorker): void;
}

/** Ends a few of the oldest connections of other servers a second when a server has come, or has come
 *  back, until it has what its weight says. It looks at nothing while no server has come. */
export class Rebalancer {
  readonly #books: Books;
  readonly #workers: Workers;
  readonly #known = new Map<string, ServiceEntry>();
  readonly #campaigns = new Map<string, Campaign>();
  #timer: NodeJS.Timeout | undefined;

  constructor(books: Books, workers: Workers) {
    this.#books = books;
    this.#workers = workers;
  }

  /** The workers have the table. What is the same object as in the last one is not looked into. */
  revised(table: ServiceTable): void {
    for (const entry of table) {
      const before = this.#known.get(entry.service.id);
      if (before !== entry) this.#compare(before, entry);
    }
    if (this.#known.size > table.length) this.#forget(table);
    if (this.#campaigns.size > 0)
      this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#campaigns.clear();
  }

  #compare(before: ServiceEntry | undefined, entry: ServiceEntry): void {
    const { id } = entry.service;
    this.#known.set(id, entry);
    if (rateOf(entry) === undefined) this.#campaigns.delete(id);
    // A service that is new has no connections.
    else if (before) this.#welcome(id, raised(before, entry));
  }

  #welcome(service: string, came: readonly string[]): void {
    if (came.length === 0) return;
    const campaign = this.#campaigns.get(service) ?? {
      came: new Set(),
      since: performance.now(),
      budget: undefined,
      allowance: 0,
    };
    for (const id of came) campaign.came.add(id);
    campaign.budget = undefined;
    this.#campaigns.set(service, campaign);
  }

  #forget(table: ServiceTable): void {
    const listed = new Set(table.map(({ service }) => service.id));
    for (const id of this.#known.keys()) {
      if (listed.has(id)) continue;
      this.#known.delete(id);
      this.#campaigns.delete(id);
    }
  }

  #look(): void {
    for (const [id, campaign] of this.#campaigns)
      if (this.#isOver(id, campaign)) this.#campaigns.delete(id);
    if (this.#campaigns.size === 0) this.close();
  }

  #isOver(id: string, campaign: Campaign): boolean {
    const entry = this.#known.get(id);
    const rate = entry && rateOf(entry);
    const books = this.#books.serversOf(id).filter(({ entry }) => isLasting(entry));
    const levels = books.map((book) => ({
      id: book.entry.id,
      weight: book.entry.weight,
      active: book.active,
    }));
    const found = surplus(levels, campaign.came);
    if (!found || rate === undefined) return true;
    // A client that comes again may be sent to any server: so many times it takes on average.
    campaign.budget ??= Math.ceil(found.lack / found.share);
    campaign.allowance += (rate * CAUTION * LOOK_MS) / 1000;
    const now = Math.floor(campaign.allowance);
    campaign.allowance -= now;
    const count = Math.min(now, campaign.budget, Math.ceil(found.lack));
    campaign.budget -= count;
    const ageMs = performance.now() - campaign.since;
    for (const [server, ends] of sharedOut(count, found.beyond)) {
      const book = books.find(({ entry }) => entry.id === server);
      if (book) this.#retire(book, ends, ageMs);
    }
    return campaign.budget === 0;
  }

  /** Each worker ends its own; one that has none so old has the next one end the rest. */
  #retire(book: ServerBook, count: number, olderThanMs: number): void {
    const open = new Map(book.activeByWorker.entries());
    const { record } = book.loan;
    const order = {
      type: 'retire',
      record,
      olderThanMs,
      others: open.size - 1,
    } as const;
    for (const [worker, ends] of sharedOut(count, open))
      this.#workers.reply(worker, { ...order, count: ends });
  }
}

/** Takes clients, and not for others only: to one that stands in nobody is moved. */
function isLasting({ weight, fallback, reserve }: ServerEntry): boolean {
  return weight > 0 && !fallback && !reserve;
}

/** Connections a second. A client that persists would come back to where it was. */
function rateOf({ service }: ServiceEntry): number | undefined {
  const { protocol, persistent, options } = service;
  return protocol === 'tcp' && !persistent ? options.rebalance : undefined;
}

/** Ids of servers that came, or whose own weight has risen, and beside the others': where that of all is another,
 *  as after a reload, of those that were there before the one that rose least has not risen. */
function raised(before: ServiceEntry, after: ServiceEntry): readonly string[] {
  const shares = new Map(before.servers.map((server) => [server.id, shareOf(server)]));
  const ratios = after.servers.filter(isLasting).map((server) => ({
    id: server.id,
    ratio: shareOf(server) / (shares.get(server.id) ?? 0),
  }));
  const known = ratios.filter(({ ratio }) => ratio !== Infinity);
  const least = known.reduce((low, { ratio }) => Math.min(low, ratio), Infinity);
  return ratios
    .filter(({ ratio }) => ratio === Infinity || ratio > Math.max(least, 1))
    .map(({ id }) => id);
}

/** All weights are others whenever one server's part of its share changes, as in a slow start. */
function shareOf({ share, weight }: ServerEntry): number {
  return share ?? weight;
}
