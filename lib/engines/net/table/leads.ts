import type { ServerEntry, ServiceEntry } from '../../../model/engine.ts';
import { isLoopback } from '../../../model/loopback.ts';
import type { Places } from '../../../model/places.ts';
import type { VirtualService } from '../../../model/virtual-service.ts';

/** That a service leads clients to a service of the table, be it itself. */
export interface Lead {
  /** Of the server that is there; undefined: names lead there. */
  readonly server: string | undefined;
  readonly to: VirtualService;
  /** At which clients come there. */
  readonly port: number;
  /** The server has no line in the file: a name stands for it now. */
  readonly isNamed: boolean;
  /** New clients are led there, not only those that persist. */
  readonly isOpen: boolean;
  /** Nobody can be kept from it: a kernel leads there, or names that clients ask for do. */
  readonly isFixed: boolean;
}

/** What is known of whom. */
export interface Knowledge {
  readonly places: Places<VirtualService>;
  /** By id. */
  readonly services: ReadonlyMap<string, VirtualService>;
  /** Whether a kernel's engine carries the service. */
  readonly isKernels: (service: VirtualService) => boolean;
  /** Whether this host has the address. */
  readonly isOwn: (address: string) => boolean;
}

/** Where a service leads clients that come to it at a port. */
export function leadsOf(
  { service, servers }: ServiceEntry,
  port: number,
  known: Knowledge,
): readonly Lead[] {
  const named = namedOf(service);
  const byServers = servers.flatMap((server) => {
    const lead = leadBy(service, server, port, known);
    return lead ? [{ ...lead, isNamed: named.has(server.id) }] : [];
  });
  return [...byNames(service, known), ...byServers];
}

function byNames(service: VirtualService, { services }: Knowledge): readonly Lead[] {
  const ids = new Set(service.options.sni.map((route) => route.service));
  return [...ids].flatMap((id) => {
    const to = services.get(id);
    if (!to?.port || to === service) return [];
    const { port } = to;
    const how = { isNamed: false, isOpen: true, isFixed: true };
    return [{ server: undefined, to, port, ...how }];
  });
}

/** Ids of servers that a name stands for. */
function namedOf({ reals }: VirtualService): ReadonlySet<string> {
  return new Set(reals.flatMap(({ id, from }) => (from === undefined ? [] : [id])));
}

function leadBy(
  service: VirtualService,
  server: ServerEntry,
  port: number,
  { places, isKernels, isOwn }: Knowledge,
): Omit<Lead, 'isNamed'> | undefined {
  const isOpen = server.weight > 0;
  if (!isOpen && service.persistent === undefined) return undefined;
  const isFixed = isKernels(service);
  // A fallback on the director itself is dialled by a process, whichever engine carries the service.
  const isLed = isFixed && !isLoopback(server.address);
  // What is routed keeps the service's address, and is for another host.
  if (isLed && server.method !== 'masq') return undefined;
  const at = server.port || port;
  const target = { address: server.address, port: at };
  const to = places.at(service.protocol, target, isOwn);
  // A kernel schedules no packet a second time.
  if (!to || (isLed && isKernels(to))) return undefined;
  return { server: server.id, to, port: at, isOpen, isFixed };
}
