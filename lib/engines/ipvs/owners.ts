import { endpoint } from '../../model/address.ts';
import { addressBytes } from '../../model/address-bytes.ts';
import type { ServerEntry, ServiceTable } from '../../model/engine.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { destinations } from './calls.ts';
import type { KernelConnection, Place } from './connection-line.ts';
import { serviceKey } from './words.ts';

/** Whose a connection is. */
export interface Owner {
  readonly service: VirtualService;
  /** The real server's id; of one that has left the table its address and port. */
  readonly server: string;
}

interface Target {
  readonly service: VirtualService;
  /** By `ADDRESS:PORT` as the kernel knows them. */
  readonly servers: ReadonlyMap<string, ServerEntry>;
}

/** The services of a table, by what the kernel says of their connections. */
export class Owners {
  readonly #byKey = new Map<string, Target>();
  readonly #marked: Target[] = [];

  constructor(table: ServiceTable) {
    for (const entry of table) {
      const { service } = entry;
      const target = { service, servers: destinations(entry) };
      this.#byKey.set(serviceKey(service), target);
      if (service.protocol === 'fwm') this.#marked.push(target);
    }
  }

  /** Undefined: it is of a service of somebody else's. */
  of(connection: KernelConnection): Owner | undefined {
    const target = this.#target(connection);
    if (!target) return undefined;
    const { destination } = connection;
    const server = serverAt(target, destination)?.id ?? nameOf(destination);
    return { service: target.service, server };
  }

  /** Of a connection that a mark led nothing but its server tells. */
  #target(connection: KernelConnection): Target | undefined {
    const { protocol, virtual, destination } = connection;
    if (protocol === 'IP') return this.#byKey.get(markOf(virtual));
    const { address } = virtual;
    return (
      this.#byKey.get(`${protocol} ${nameOf(virtual)}`) ??
      this.#byKey.get(`${protocol} ${nameOf({ address, port: 0 })}`) ??
      this.#marked.find((target) => serverAt(target, destination))
    );
  }
}

/** A server without a port of its own has the one that the client asked for. */
function serverAt({ servers }: Target, destination: Place): ServerEntry | undefined {
  const { address } = destination;
  return servers.get(nameOf(destination)) ?? servers.get(nameOf({ address, port: 0 }));
}

function nameOf({ address, port }: Place): string {
  return endpoint(address, port);
}

/** The mark is in the first four bytes of the address. */
function markOf({ address }: Place): string {
  const [a = 0, b = 0, c = 0, d = 0] = addressBytes(address);
  const mark = ((a * 256 + b) * 256 + c) * 256 + d;
  return `FWM ${mark}${address.includes(':') ? ' IPv6' : ''}`;
}
