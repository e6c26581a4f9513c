import type {
  ServerStats,
  ServiceEntry,
  ServiceStats,
  ServiceTable,
} from '../../model/engine.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { configured } from './compile.ts';
import { COUNTED, type Counted, counterOf } from './counters.ts';
import { type Command, field, type Json, list, number, text } from './json.ts';
import { serverName, serviceName } from './names.ts';
import { elementId } from './part.ts';
import { FAMILIES, placeName, type Server, shapeOf } from './shapes.ts';
import { led, type OpenOf } from './sources.ts';

/** What has to be listed for {@link statsOf}, each by a call of its own: a call that names one set reads
 *  that one from the kernel, and any other reads all that there is. Where clients persist that is
 *  needed. */
export function statsCommands(
  table: string,
  services: ServiceTable,
): readonly (readonly Command[])[] {
  const at = { family: 'inet', table };
  if (services.some(({ service }) => service.persistent))
    return [[{ list: { tables: { family: 'inet' } } }, { list: { sets: at } }]];
  const places = services.flatMap(({ service }) =>
    COUNTED.map((what) => placeName(shapeOf(service), FAMILIES[service.family], what)),
  );
  return [...new Set(places)].map((name) => [{ list: { set: { ...at, name } } }]);
}

type Count = (
  service: VirtualService,
  server: Server,
  what: Counted,
) => Json | undefined;

/** The numbers of each service.
 *  @param items  what nft listed
 *  @param open   how many connections a server has */
export function statsOf(
  services: ServiceTable,
  items: readonly Json[],
  open: OpenOf,
): ServiceStats[] {
  const { counters, members } = listed(items);
  const count: Count = (service, server, what) =>
    counters.get(elementId(counterOf(service, server, what)));
  return services.map((entry) => {
    const { service } = entry;
    const opened = (server: Server) =>
      number(count(service, server, 'opened'), 'packets');
    return {
      id: service.id,
      servers: led(entry).map((server): ServerStats => {
        const { active, inactive } = open(entry, server);
        return {
          id: server.id,
          activeConnections: active,
          inactiveConnections: inactive,
          totalConnections: opened(server),
          bytesIn: number(count(service, server, 'in'), 'bytes'),
          bytesOut: number(count(service, server, 'out'), 'bytes'),
          connectFailures: 0,
        };
      }),
      acceptedConnections: sum(places(entry), opened),
      refusedConnections: 0,
      retries: 0,
      persistenceEntries: sum(setsOf(entry), (name) => members.get(name) ?? 0),
    };
  });
}

/** Counters by the id of their element, and how many elements each set has. */
function listed(items: readonly Json[]) {
  const counters = new Map<string, Json>();
  const members = new Map<string, number>();
  for (const item of items) {
    const set = field(item, 'set');
    if (set === undefined) continue;
    const place = text(set, 'name');
    const elements = list(set, 'elem');
    members.set(place, elements.length);
    for (const element of elements) {
      const told = field(element, 'elem');
      const counter = field(told, 'counter');
      const key = field(told, 'val');
      if (counter !== undefined && key !== undefined)
        counters.set(elementId({ place, key }), counter);
    }
  }
  return { counters, members };
}

/** All its servers, each once: the sum must not fall when one leaves the table. */
function places(entry: ServiceEntry): Iterable<Server> {
  const all = [...led(entry), ...configured(entry.service)];
  return new Map(all.map((one) => [`${one.address} ${one.port}`, one])).values();
}

function sum<T>(parts: Iterable<T>, of: (part: T) => number): number {
  let total = 0;
  for (const part of parts) total += of(part);
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
