import type {
  ServerStats,
  ServiceEntry,
  ServiceStats,
  ServiceTable,
} from '../../model/engine.ts';
import { configured } from './compile.ts';
import { type Command, field, type Json, list, number, text } from './json.ts';
import { bytesName, serverName, serviceName } from './names.ts';
import { led, type OpenOf } from './sources.ts';

/** What has to be listed for {@link statsOf}: the sets, if there are clients that persist, all at
 *  once, since nft lists no two by name together. */
export function statsCommands(table: string, services: ServiceTable): Command[] {
  const at = { family: 'inet', table };
  const persists = services.some(({ service }) => service.persistent);
  const sets = persists ? [{ list: { sets: at } }] : [];
  return [{ list: { counters: at } }, ...sets];
}

/** The numbers of each service.
 *  @param items  what nft listed
 *  @param open   how many connections a server has */
export function statsOf(
  services: ServiceTable,
  items: readonly Json[],
  open: OpenOf,
): ServiceStats[] {
  const counters = new Map<string, Json>();
  const clients = new Map<string, number>();
  for (const item of items) {
    const counter = field(item, 'counter');
    if (counter !== undefined) counters.set(text(counter, 'name'), counter);
    const set = field(item, 'set');
    if (set !== undefined) clients.set(text(set, 'name'), list(set, 'elem').length);
  }
  const count = (name: string, what: 'packets' | 'bytes') =>
    number(counters.get(name), what);
  return services.map((entry) => {
    const service = serviceName(entry.service);
    const servers = led(entry).map((server): ServerStats => {
      const name = serverName(service, server);
      const { active, inactive } = open(entry, server);
      return {
        id: server.id,
        activeConnections: active,
        inactiveConnections: inactive,
        totalConnections: count(name, 'packets'),
        bytesIn: count(bytesName(name, 'in'), 'bytes'),
        bytesOut: count(bytesName(name, 'out'), 'bytes'),
        connectFailures: 0,
      };
    });
    return {
      id: entry.service.id,
      servers,
      acceptedConnections: sum(countersOf(entry), (name) => count(name, 'packets')),
      refusedConnections: 0,
      retries: 0,
      persistenceEntries: sum(setsOf(entry), (name) => clients.get(name) ?? 0),
    };
  });
}

/** Of all its servers: the sum must not fall when one leaves the table. */
function countersOf({ service, servers }: ServiceEntry): Set<string> {
  const name = serviceName(service);
  return new Set(
    [...led({ servers }), ...configured(service)].map((server) =>
      serverName(name, server),
    ),
  );
}

function sum(names: Iterable<string>, of: (name: string) => number): number {
  let total = 0;
  for (const name of names) total += of(name);
  return total;
}

function setsOf(entry: ServiceEntry): string[] {
  const { service } = entry;
  if (!service.persistent) return [];
  return led(entry).map((server) => serverName(serviceName(service), server));
}

/** With what the fallbacks on this host carry.
 *  @param home  by service id */
export function withHome(
  stats: readonly ServiceStats[],
  home: ReadonlyMap<string, ServiceStats>,
): ServiceStats[] {
  return stats.map((one) => {
    const more = home.get(one.id);
    if (!more) return one;
    return {
      ...one,
      servers: [...one.servers, ...more.servers],
      acceptedConnections: one.acceptedConnections + more.acceptedConnections,
      refusedConnections: more.refusedConnections,
      retries: more.retries,
    };
  });
}
