import type { ServerStats, ServiceEntry, ServiceStats } from '../../model/engine.ts';
import { destinations } from './calls.ts';
import { type Listing, readListing } from './listing.ts';
import { serverKey, serviceKey } from './words.ts';

/** Numbers of the services, of two lists: `--stats --exact`, with conns, packets and bytes in and
 *  out, and `--persistent-conn`, with weight, templates, active and inactive connections. One that
 *  the kernel does not hold is left out. What was refused, dialled again or refused by a server
 *  is nowhere counted: these are 0. Source: ipvsadm(8), observed with 1.31. */
export function serviceNumbers(
  entries: readonly ServiceEntry[],
  stats: string,
  connections: string,
): readonly ServiceStats[] {
  const totals = readListing(stats);
  const now = readListing(connections);
  return entries.flatMap((entry) => numbersOf(entry, totals, now));
}

function numbersOf(
  entry: ServiceEntry,
  totals: Listing,
  now: Listing,
): readonly ServiceStats[] {
  const { service, servers } = entry;
  const inForce = destinations(entry);
  const key = serviceKey(service);
  const total = totals.get(key);
  const current = now.get(key);
  if (!total) return [];
  let persistenceEntries = 0;
  for (const words of current?.reals.values() ?? [])
    persistenceEntries += number(words[1]);
  return [
    {
      id: service.id,
      servers: servers.map((server) => {
        const place = serverKey(server);
        // Of several servers that are one destination one has all of it.
        if (inForce.get(place) !== server) return serverNumbers(server.id, [], []);
        return serverNumbers(
          server.id,
          total.reals.get(place) ?? [],
          current?.reals.get(place) ?? [],
        );
      }),
      acceptedConnections: number(total.words[0]),
      refusedConnections: 0,
      retries: 0,
      proxyHeaderErrors: 0,
      persistenceEntries,
    },
  ];
}

function serverNumbers(
  id: string,
  [conns, , , bytesIn, bytesOut]: readonly string[],
  [, , active, inactive]: readonly string[],
): ServerStats {
  return {
    id,
    activeConnections: number(active),
    inactiveConnections: number(inactive),
    totalConnections: number(conns),
    bytesIn: number(bytesIn),
    bytesOut: number(bytesOut),
    connectFailures: 0,
  };
}

/** A counter of the kernel's has 64 bits; what is none counts as 0. */
function number(word = ''): number {
  return /^\d{1,20}$/.test(word) ? Number(word) : 0;
}
