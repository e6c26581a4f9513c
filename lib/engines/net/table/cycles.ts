import type { ServiceEntry, ServiceTable } from '../../../model/engine.ts';
import { Places } from '../../../model/places.ts';
import type { VirtualService } from '../../../model/virtual-service.ts';
import { canonical, hostAddresses } from '../../host-addresses.ts';
import { cutsOf, type Stop } from './cuts.ts';
import { type Knowledge, type Lead, leadsOf } from './leads.ts';

/** By a server's id, the service that takes what is sent to it. */
export type Barred = ReadonlyMap<string, VirtualService>;

const NOBODY: Barred = new Map();

/** Which servers must not be dialled, as clients would come back to where they were: the service itself, or services
 *  that lead to each other. The config refuses the cycles that it can see; servers by name, weights and the choice of
 *  engines come later. What did not change is not looked into, and this host's addresses are read where an entry
 *  changes. */
export class Cycles {
  #entries: ServiceTable = [];
  /** From there on they are kernels'. */
  #own = 0;
  #places = new Places<VirtualService>([]);
  #services: ReadonlyMap<string, VirtualService> = new Map();
  #kernels: ReadonlySet<string> = new Set();
  /** By a service's id, where it leads to any. Not of a service of every port. */
  readonly #leads = new Map<string, readonly Lead[]>();
  /** As they were when cycles were last looked for, and what came of it. */
  #traced: ReadonlyMap<string, readonly Lead[]> = new Map();
  #barred: ReadonlyMap<string, Barred> = new Map();

  /** Servers of the service that must not be dialled. */
  of(id: string): Barred {
    return this.#barred.get(id) ?? NOBODY;
  }

  /** @param beside  services that kernels' engines carry: what is dialled here comes to them too
   *  @returns       the services of whose servers others must not be dialled than before */
  revise(table: ServiceTable, beside: ServiceTable = []): readonly string[] {
    const before = this.#entries;
    const entries = beside.length > 0 ? [...table, ...beside] : table;
    const isKept =
      table.length === this.#own &&
      entries.length === before.length &&
      entries.every(({ service }, at) => service === before[at]?.service);
    this.#entries = entries;
    this.#own = table.length;
    if (!isKept) this.#settle(beside);
    const changed = isKept ? entries.filter((one, at) => one !== before[at]) : entries;
    return this.#note(changed) || !isKept ? this.#trace() : [];
  }

  /** Other services than before. */
  #settle(beside: ServiceTable): void {
    const services = this.#entries.map(({ service }) => service);
    this.#services = new Map(services.map((service) => [service.id, service]));
    this.#places = new Places(services);
    this.#kernels = new Set(beside.map(({ service }) => service.id));
    this.#leads.clear();
  }

  /** @returns whether any of them leads elsewhere than before */
  #note(entries: readonly ServiceEntry[]): boolean {
    const knowledge = this.#knowledge();
    let isOther = false;
    for (const entry of entries) {
      const { id, port } = entry.service;
      if (port === undefined) continue;
      if (port === 0) {
        isOther = true;
        continue;
      }
      const leads = leadsOf(entry, port, knowledge);
      isOther ||= !isSame(leads, this.#leads.get(id) ?? []);
      if (leads.length > 0) this.#leads.set(id, leads);
      else this.#leads.delete(id);
    }
    return isOther;
  }

  #trace(): readonly string[] {
    const before = this.#barred;
    const barred = new Map<string, Map<string, VirtualService>>();
    const bar = (id: string, { server, to }: Lead) => {
      if (server === undefined || this.#kernels.has(id)) return;
      barred.set(id, (barred.get(id) ?? new Map()).set(server, to));
    };
    for (const [id, leads] of this.#leads)
      for (const lead of leads) if (lead.to.id === id) bar(id, lead);
    const stops = new Stops(this.#entries, this.#leads, this.#knowledge());
    const isOld = (stop: Stop, lead: Lead) => this.#isOld(stop, lead);
    const ways = { stopOf: (lead: Lead) => stops.of(lead), isOld };
    for (const [{ id }, leads] of cutsOf(stops.all, ways))
      for (const lead of leads) bar(id, lead);
    this.#barred = barred;
    this.#traced = new Map(this.#leads);
    return [...new Set([...before.keys(), ...barred.keys()])].filter(
      (id) => !isSameBarred(before.get(id) ?? NOBODY, this.of(id)),
    );
  }

  /** Whether it was there when cycles were last looked for, and was not left out. */
  #isOld({ id }: Stop, lead: Lead): boolean {
    const before = this.#traced.get(id) ?? [];
    return (
      before.some((one) => isEqual(one, lead)) && !this.of(id).has(lead.server ?? '')
    );
  }

  /** The host is asked for its addresses once, and where it matters. */
  #knowledge(): Knowledge {
    let own: ReadonlySet<string> | undefined;
    return {
      places: this.#places,
      services: this.#services,
      isKernels: ({ id }) => this.#kernels.has(id),
      isOwn: (address) => {
        own ??= hostAddresses();
        return own.has(canonical(address));
      },
    };
  }
}

/** Where clients stop on their way. A service of every port is another stop at each. */
class Stops {
  readonly all: readonly Stop[];
  readonly #stops = new Map<string, Stop>();
  readonly #every = new Map<string, ServiceEntry>();
  readonly #knowledge: Knowledge;

  constructor(
    entries: ServiceTable,
    leads: ReadonlyMap<string, readonly Lead[]>,
    knowledge: Knowledge,
  ) {
    this.#knowledge = knowledge;
    for (const [id, own] of leads) this.#stops.set(id, { id, leads: own });
    this.all = [...this.#stops.values()];
    for (const entry of entries)
      if (entry.service.port === 0) this.#every.set(entry.service.id, entry);
  }

  of({ to: { id }, port }: Lead): Stop {
    const every = this.#every.get(id);
    const key = every ? `${id} ${port}` : id;
    const known = this.#stops.get(key);
    if (known) return known;
    const leads = every ? leadsOf(every, port, this.#knowledge) : [];
    const stop = { id, leads };
    this.#stops.set(key, stop);
    return stop;
  }
}

function isSame(some: readonly Lead[], others: readonly Lead[]): boolean {
  return (
    some.length === others.length &&
    some.every((one, at) => {
      const other = others[at];
      return other !== undefined && isEqual(one, other);
    })
  );
}

function isEqual(one: Lead, other: Lead): boolean {
  return (
    one.server === other.server &&
    one.to.id === other.to.id &&
    one.port === other.port &&
    one.isNamed === other.isNamed &&
    one.isOpen === other.isOpen
  );
}

function isSameBarred(some: Barred, others: Barred): boolean {
  return (
    some.size === others.size &&
    [...some].every(([server, { id }]) => others.get(server)?.id === id)
  );
}
