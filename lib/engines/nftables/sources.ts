import { endpoint } from '../../model/address.ts';
import type { ServerEntry, ServiceEntry } from '../../model/engine.ts';
import { isLoopback } from '../../model/loopback.ts';
import type { Source } from './compile.ts';
import { accuracyOf, type Slots, slotsFor } from './slots.ts';

/** Connections of a server through a service. */
export interface Open {
  readonly active: number;
  readonly inactive: number;
  /** Begun since the counting began; never falls. */
  readonly opened: number;
  /** TCP connections in a row that got no answer through this host. */
  readonly silent: number;
}

export type OpenOf = (entry: ServiceEntry, server: ServerEntry) => Open;

interface Known {
  readonly entry: ServiceEntry;
  readonly source: Source;
  /** Ids of servers that have reached their upper threshold and not yet come back below the lower. */
  readonly full: ReadonlySet<string>;
  readonly pace: Pace | undefined;
}

/** How fast connections come. */
interface Pace {
  readonly opened: number;
  /** On the monotonic clock. */
  readonly at: number;
  /** Likely before the next steering. */
  readonly expected: number;
}

/** From one setting of what depends on the number of connections to the next, in milliseconds. */
export const STEER_MS = 250;

/** What each service's part is made from: the table, and where the picking depends on it, how many
 *  connections there are. */
export class Sources {
  readonly #known = new Map<string, Known>();
  readonly #open: OpenOf;
  readonly #now: () => number;

  /** @param now  a monotonic clock, in milliseconds */
  constructor(open: OpenOf, now: () => number = () => performance.now()) {
    this.#open = open;
    this.#now = now;
  }

  /** The same object as before when nothing has changed. */
  next(entry: ServiceEntry): Source {
    const { id } = entry.service;
    const known = this.#known.get(id);
    const before = known?.entry === entry ? known : undefined;
    if (before && !changes(entry)) return before.source;
    const servers = led(entry);
    const open = (server: ServerEntry) => this.#open(entry, server);
    const full = fullOf(servers, open, known?.full ?? new Set());
    const pace = paceOf(servers, open, known?.pace, this.#now());
    const slots = pick(entry, servers, open, full, pace.expected);
    const same = before !== undefined && sameSlots(before.source.slots, slots);
    const source = same ? before.source : { service: entry.service, servers, slots };
    this.#known.set(id, { entry, source, full, pace });
    return source;
  }

  /** Forgets all other services. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id);
  }
}

/** A table may be applied many times between two steerings: what came since the last one counts. */
function paceOf(
  servers: readonly ServerEntry[],
  open: (server: ServerEntry) => Open,
  before: Pace | undefined,
  at: number,
): Pace {
  const opened = servers.reduce((sum, server) => sum + open(server).opened, 0);
  if (!before) return { opened, at, expected: 0 };
  const ms = at - before.at;
  if (ms < STEER_MS / 2) return before;
  const came = Math.max(opened - before.opened, 0);
  return { opened, at, expected: Math.ceil((came * STEER_MS) / ms) };
}

/** Whether the picking follows the number of connections. */
export function changes({ service, servers }: ServiceEntry): boolean {
  return (
    accuracyOf(service.scheduler) === 'feedback' ||
    servers.some(({ upper }) => upper > 0)
  );
}

/** The fallback on this host, which packets are not led to: the kernel would not forward them. */
export function atHome({ servers }: ServiceEntry): ServerEntry | undefined {
  return servers.find(({ address }) => isLoopback(address));
}

/** Those that packets are led to; of two at one place the first. */
export function led({ servers }: Pick<ServiceEntry, 'servers'>): ServerEntry[] {
  const places = new Set<string>();
  return servers.filter(({ address, port }) => {
    const place = endpoint(address, port);
    const good = !isLoopback(address) && !places.has(place);
    places.add(place);
    return good;
  });
}

function pick(
  { service }: ServiceEntry,
  servers: readonly ServerEntry[],
  open: (server: ServerEntry) => Open,
  full: ReadonlySet<string>,
  expected: number,
): Slots {
  const candidates = servers.map((server) => {
    const { active, inactive } = open(server);
    const { id, address, port } = server;
    const weight = full.has(id) ? 0 : server.weight;
    return {
      id,
      address,
      port,
      weight,
      activeConnections: active,
      inactiveConnections: inactive,
    };
  });
  return slotsFor(service.scheduler, service.schedflags, candidates, expected);
}

/** Source: ipvsadm(8), --u-threshold and --l-threshold; without the latter it is three quarters of the
 *  former, observed. */
function fullOf(
  servers: readonly ServerEntry[],
  open: (server: ServerEntry) => Open,
  before: ReadonlySet<string>,
): ReadonlySet<string> {
  const full = servers.filter((server) => {
    if (server.upper <= 0) return false;
    const { active, inactive } = open(server);
    const lower = server.lower > 0 ? server.lower : (server.upper * 3) / 4;
    const limit = before.has(server.id) ? lower : server.upper;
    return active + inactive >= limit;
  });
  return new Set(full.map(({ id }) => id));
}

function sameSlots(one: Slots, other: Slots): boolean {
  return (
    one.by === other.by &&
    one.slots.length === other.slots.length &&
    one.slots.every((server, slot) => server === other.slots[slot])
  );
}
