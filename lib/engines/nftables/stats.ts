import type {
  ServerStats,
  ServiceEntry,
  ServiceStats,
  ServiceTable,
} from '../../model/engine.ts';
import { configured } from './compile.ts';
import { COUNTED, type Counted, counterOf } from './counters.ts';
import { type Command, field, type Json, number, text } from './json.ts';
import type { Listener } from './json-cutter.ts';
import { serverName, serviceName } from './names.ts';
import { elementId } from './part.ts';
import { FAMILIES, placeName, type Server, shapeOf } from './shapes.ts';
import { led, type OpenOf } from './sources.ts';

/** What has to be listed for {@link Numbers}, each by a call of its own: a call that names one set reads
 *  that one from the kernel, and any other reads all that there is. */
export function statsCommands(
  table: string,
  services: ServiceTable,
): readonly (readonly Command[])[] {
  const at = { family: 'inet', table };
  const places = services.flatMap(({ service }) =>
    COUNTED.map((what) => placeName(shapeOf(service), FAMILIES[service.family], what)),
  );
  return [...new Set(places)].map((name) => [{ list: { set: { ...at, name } } }]);
}

/** What counts, as it is listed. */
export class Numbers implements Listener {
  /** By the id of their element; in their unit. */
  readonly #counted = new Map<string, number>();

  item(): void {}

  element(element: Json, of: Json): void {
    const place = text(field(of, 'set'), 'name');
    const told = field(element, 'elem');
    const counter = field(told, 'counter');
    const key = field(told, 'val');
    if (counter === undefined || key === undefined) return;
    const unit = place.endsWith('/opened') ? 'packets' : 'bytes';
    this.#counted.set(elementId({ place, key }), number(counter, unit));
  }

  /** Of a service.
   *  @param open     how many connections a server has
   *  @param clients  how many clients a set of them has, by its name */
  of(
    entry: ServiceEntry,
    open: OpenOf,
    clients: (set: string) => number,
  ): ServiceStats {
    const { service } = entry;
    const count = (server: Server, what: Counted) =>
      this.#counted.get(elementId(counterOf(service, server, what))) ?? 0;
    const opened = (server: Server) => count(server, 'opened');
    return {
      id: service.id,
      servers: led(entry).map((server): ServerStats => {
        const { active, inactive } = open(entry, server);
        return {
          id: server.id,
          activeConnections: active,
          inactiveConnections: inactive,
          totalConnections: opened(server),
          bytesIn: count(server, 'in'),
          bytesOut: count(server, 'out'),
          connectFailures: 0,
        };
      }),
      acceptedConnections: sum(places(entry), opened),
      refusedConnections: 0,
      retries: 0,
      proxyHeaderErrors: 0,
      persistenceEntries: sum(setsOf(entry), clients),
    };
  }
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
      proxyHeaderErrors: more.proxyHeaderErrors,
    };
  });
}
