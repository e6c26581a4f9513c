import type { ServerEntry, ServiceEntry, ServiceTable } from '../../../model/engine.ts';
import type { VirtualService } from '../../../model/virtual-service.ts';
import { canonical, hostAddresses } from '../../host-addresses.ts';
import { answers } from './leads-back.ts';

/** A service, and the ids of other services that it leads clients to. */
interface Led {
  readonly service: VirtualService;
  readonly to: readonly string[];
}

/** Ids by protocol, port and address. */
type Places = ReadonlyMap<string, ReadonlyMap<number, ReadonlyMap<string, string>>>;

const NOBODY: readonly VirtualService[] = [];

/** Who leads clients to whom, by names or as one is the other's real server, over any number of services. The config
 *  refuses cycles that it can see; servers by name come later. What did not change is not looked into. */
export class Callers {
  #table: ServiceTable = [];
  #places: Places = new Map();
  /** By id. */
  readonly #led = new Map<string, Led>();
  #callers: ReadonlyMap<string, readonly VirtualService[]> = new Map();

  /** Those whose clients come to the service, without itself. */
  of(id: string): readonly VirtualService[] {
    return this.#callers.get(id) ?? NOBODY;
  }

  /** @returns the services that others lead to than before: their servers must not be any of these */
  revise(table: ServiceTable): readonly string[] {
    const before = this.#table;
    this.#table = table;
    const isKept =
      table.length === before.length &&
      table.every(({ service }, at) => service === before[at]?.service);
    if (!isKept) {
      this.#places = placesOf(table);
      this.#led.clear();
    }
    const changed = isKept ? table.filter((one, at) => one !== before[at]) : table;
    return this.#note(changed) || !isKept ? this.#trace() : [];
  }

  /** @returns whether any of them leads elsewhere than before */
  #note(entries: readonly ServiceEntry[]): boolean {
    const look = lookup(this.#places);
    let isOther = false;
    for (const entry of entries) {
      const { id } = entry.service;
      const to = targetsOf(entry, look);
      isOther ||= !isSame(to, this.#led.get(id)?.to ?? []);
      this.#led.set(id, { service: entry.service, to });
    }
    return isOther;
  }

  #trace(): readonly string[] {
    const before = this.#callers;
    const direct = new Map<string, VirtualService[]>();
    for (const { service, to } of this.#led.values())
      for (const id of to) {
        const callers = direct.get(id);
        if (callers) callers.push(service);
        else direct.set(id, [service]);
      }
    this.#callers = new Map([...direct.keys()].map((id) => [id, allOf(id, direct)]));
    const names = (callers: readonly VirtualService[] = []) =>
      callers.map(({ id }) => id).join();
    return [...new Set([...before.keys(), ...direct.keys()])].filter(
      (id) => names(before.get(id)) !== names(this.#callers.get(id)),
    );
  }
}

/** Callers, theirs, and so on. */
function allOf(
  id: string,
  direct: ReadonlyMap<string, readonly VirtualService[]>,
): readonly VirtualService[] {
  const all = new Set(direct.get(id));
  for (const caller of all)
    for (const other of direct.get(caller.id) ?? NOBODY)
      if (other.id !== id) all.add(other);
  return [...all];
}

function isSame<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((one, at) => one === others[at]);
}

function placesOf(table: ServiceTable): Places {
  const places = new Map<string, Map<number, Map<string, string>>>();
  for (const { service } of table) {
    const { id, protocol, address, port } = service;
    if (address === undefined || port === undefined) continue;
    const ports = places.get(protocol) ?? new Map<number, Map<string, string>>();
    const ids = ports.get(port) ?? new Map<string, string>();
    places.set(protocol, ports.set(port, ids.set(canonical(address), id)));
  }
  return places;
}

/** @returns the id of the service whose listener takes what is sent to the server */
type Look = (protocol: string, server: ServerEntry) => string | undefined;

/** The host is asked for its addresses once, and where it matters. */
function lookup(places: Places): Look {
  let own: ReadonlySet<string> | undefined;
  const isOwn = (address: string) => {
    own ??= hostAddresses();
    return own.has(address);
  };
  return (protocol, server) => {
    const ids = places.get(protocol)?.get(server.port);
    if (!ids) return undefined;
    const address = canonical(server.address);
    const any = address.includes(':') ? '::' : '0.0.0.0';
    const found = ids.get(address);
    return found ?? (answers(any, address, isOwn) ? ids.get(any) : undefined);
  };
}

function targetsOf({ service, servers }: ServiceEntry, look: Look): readonly string[] {
  const ids = new Set(service.options.sni.map((route) => route.service));
  for (const server of servers) {
    const id = look(service.protocol, server);
    if (id !== undefined) ids.add(id);
  }
  ids.delete(service.id);
  return [...ids];
}
