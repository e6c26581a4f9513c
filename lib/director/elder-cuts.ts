import { isByName } from '../model/by-name.ts';
import type { Log } from '../model/log.ts';
import { endsAtRemoval } from '../model/removal.ts';
import { onRemoval } from '../pool/entry.ts';
import { type Fate, fatesOf, goesOn } from '../pool/fate.ts';
import type { Pool } from '../pool/pool.ts';
import type { CheckHistory } from './check-history.ts';
import { type Cut, ElderQueues } from './elder-queues.ts';
import type { JoinedTraffic } from './traffic.ts';

/** A real server as a director leaves it to its successor. */
export interface LeftServer {
  /** Service id. */
  readonly service: string;
  /** Real server's id. */
  readonly server: string;
  /** The name of `reals-from` that has brought it; absent: it has a line. */
  readonly from?: string | undefined;
  /** Connections go on there: it is in force, be it held back in a panic. */
  readonly open: boolean;
  /** They end when the server leaves the configuration. */
  readonly ends: boolean;
}

/** A service, as it is looked at. */
export interface Kept {
  readonly pool: Pool;
  readonly history: Pick<CheckHistory, 'failing'>;
}

interface Parties {
  /** Of the directors before. */
  readonly traffic: Pick<JoinedTraffic, 'sources'>;
  /** One of them is left. */
  isAny(): boolean;
  /** The services by id, as they are now. */
  kept(): ReadonlyMap<string, Kept>;
  readonly log: Log;
}

/** What was looked at last of a service. */
interface Seen {
  readonly pool: Pool;
  readonly ending: Set<string>;
  /** In no table, or cut, and no finding yet: each step of the pool may be one. */
  readonly waiting: Set<string>;
}

/** Ends connections that directors before this one still carry, where those of this one's end: an engine ends its
 *  own, and theirs know nothing of checks and reloads any more. Disposing ends nothing more. */
export class ElderCuts implements Disposable {
  readonly #parties: Parties;
  readonly #queues: ElderQueues;
  /** By service id; undefined: this director is not in charge yet. */
  #seen: Map<string, Seen> | undefined;
  /** Where connections go on at the last of them, as it handed over, by service id; undefined: that is not known. */
  #open: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  /** Found, and not asked for yet. */
  #found: Cut[] = [];

  constructor(parties: Parties) {
    this.#parties = parties;
    this.#queues = new ElderQueues({
      elders: () => parties.traffic.sources(),
      isDue: (cut) => this.#isDue(cut),
      log: parties.log,
    });
  }

  /** From now on: this director is in charge, and nobody else is let in there.
   *  @param theirs  what the last of them had; undefined: that is not known */
  begin(theirs: readonly LeftServer[] | undefined): void {
    this.#seen ??= new Map();
    this.#open = theirs && openAt(theirs);
    this.follow();
    const kept = this.#parties.kept();
    for (const left of theirs ?? [])
      if (isGone(left, kept.get(left.service)?.pool)) this.#end(left);
    this.#ask();
  }

  /** Tables are in force that may be other ones. */
  follow(): void {
    const seen = this.#seen;
    if (!seen || !this.#parties.isAny()) return;
    const kept = this.#parties.kept();
    for (const [id, { pool }] of seen) {
      if (kept.has(id)) continue;
      seen.delete(id);
      this.#removed(pool, undefined);
    }
    for (const [id, one] of kept) {
      const before = seen.get(id);
      if (before?.pool.entry !== one.pool.entry) seen.set(id, this.#look(one, before));
    }
    this.#ask();
  }

  /** The pool has taken a step: of a server that is in no table it changes none.
   *  @param server  whose it was; undefined: it may be any's */
  stepped({ pool, history }: Kept, server?: string): void {
    const { id } = pool.service;
    const seen = this.#seen?.get(id);
    if (!seen) return;
    const { ending, waiting } = seen;
    const isOne = server !== undefined;
    if (isOne && !ending.has(server) && !waiting.has(server)) return;
    const looked = isOne ? [server] : [...ending, ...waiting];
    for (const [one, fate] of this.#fates({ pool, history }, looked, seen)) {
      const ends = fate === 'end';
      if (ends && !ending.has(one)) this.#end({ service: id, server: one });
      (ends ? ending : waiting).add(one);
      (ends ? waiting : ending).delete(one);
    }
    this.#ask();
  }

  /** Whether connections to a server go on at directors before though it is not in force here. */
  isWaiting(service: string, server: string): boolean {
    const isSeen = this.#seen?.get(service)?.waiting.has(server) === true;
    return isSeen && this.#isOpen(service, server) && this.#parties.isAny();
  }

  [Symbol.dispose](): void {
    this.#queues[Symbol.dispose]();
  }

  #look(one: Kept, before: Seen | undefined): Seen {
    const { pool } = one;
    const seen: Seen = { pool, ending: new Set(), waiting: new Set() };
    for (const [id, fate] of this.#fates(one, pool.index.keys(), before)) {
      if (fate === 'wait') seen.waiting.add(id);
      if (fate !== 'end') continue;
      seen.ending.add(id);
      if (!before?.ending.has(id)) this.#end({ service: pool.service.id, server: id });
    }
    if (before) this.#removed(before.pool, pool);
    return seen;
  }

  #fates(
    { pool, history }: Kept,
    servers: Iterable<string>,
    before: Seen | undefined,
  ): ReadonlyMap<string, Fate> {
    const { id } = pool.service;
    return fatesOf(pool, servers, {
      failing: (server) => history.failing(server),
      isOpen: (server) => !before?.ending.has(server) && this.#isOpen(id, server),
    });
  }

  #isOpen(service: string, server: string): boolean {
    return !this.#open || this.#open.get(service)?.has(server) === true;
  }

  #removed({ service, index }: Pool, after: Pool | undefined): void {
    for (const id of index.keys()) {
      if (after?.index.has(id)) continue;
      const server = { id, onRemoval: onRemoval(service) };
      if (endsAtRemoval(server, service, after?.service))
        this.#end({ service: service.id, server: id });
    }
  }

  #end({ service, server }: Cut): void {
    this.#found.push({ service, server });
  }

  #ask(): void {
    const found = this.#found;
    this.#found = [];
    this.#queues.end(found);
  }

  /** Who could not be asked in time may be asked when a server is back. */
  #isDue({ service, server }: Cut): boolean {
    const isKept = this.#parties.kept().get(service)?.pool.index.has(server);
    return !isKept || this.#seen?.get(service)?.ending.has(server) === true;
  }
}

/** What a director leaves of a service.
 *  @param isWaiting  whether connections go on at directors before it, by the server's id */
export function leftServers(
  { service, reals }: Pool,
  isWaiting: (server: string) => boolean,
): readonly LeftServer[] {
  const ends = onRemoval(service) !== 'keep';
  return reals.map((known) => ({
    service: service.id,
    server: known.real.id,
    from: known.real.from,
    open: goesOn(service, known) || isWaiting(known.real.id),
    ends,
  }));
}

function openAt(
  theirs: readonly LeftServer[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const open = new Map<string, Set<string>>();
  for (const { service, server, open: isOpen } of theirs) {
    const servers = open.get(service) ?? new Set();
    if (isOpen) servers.add(server);
    open.set(service, servers);
  }
  return open;
}

/** Whether it ends for having left the configuration: as both say, since what was left may be long ago.
 *  @param now  its service as it is; undefined: that has left too */
function isGone({ server, from, ends }: LeftServer, now: Pool | undefined): boolean {
  if (!ends || !now) return ends;
  const { service, index } = now;
  if (index.has(server) || onRemoval(service) === 'keep') return false;
  return from === undefined || !isByName({ from }, service);
}
