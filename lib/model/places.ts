import { addressBytes, addressText, unmapped } from './address-bytes.ts';
import { isLoopback } from './loopback.ts';
import type { Protocol, VirtualService } from './virtual-service.ts';

type Placed = Pick<VirtualService, 'protocol' | 'address' | 'port'>;

/** Where something is sent. */
interface Target {
  /** Numeric, no brackets. */
  readonly address: string;
  readonly port: number;
}

/** Listeners on every address of a host; a connect to one goes to loopback. */
const LOOPBACK = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
]);

/** Services by where they take clients. */
export class Places<S extends Placed> {
  readonly #services = new Map<Protocol, Map<number, Map<string, S>>>();

  /** Of two at one place the last counts. Firewall marks are at none. */
  constructor(services: Iterable<S>) {
    for (const service of services) {
      const { protocol, address, port } = service;
      if (address === undefined || port === undefined) continue;
      const ports = this.#services.get(protocol) ?? new Map<number, Map<string, S>>();
      const addresses = ports.get(port) ?? new Map<string, S>();
      addresses.set(plain(address), service);
      this.#services.set(protocol, ports.set(port, addresses));
    }
  }

  /** The service that takes what this host sends there: one of that address before one of every address, one of that
   *  port before one of every port (0).
   *  @param isOwn  whether this host has the address; asked only where that matters, and not of loopback */
  at(
    protocol: Protocol,
    { address, port }: Target,
    isOwn: (address: string) => boolean,
  ): S | undefined {
    const ports = this.#services.get(protocol);
    const found = [ports?.get(port), ports?.get(0)].flatMap((one) => one ?? []);
    if (found.length === 0) return undefined;
    const reached = LOOPBACK.get(plain(address)) ?? plain(address);
    const any = reached.includes(':') ? '::' : '0.0.0.0';
    const exact = firstAt(found, reached);
    if (exact) return exact;
    const every = firstAt(found, any);
    return every && (isLoopback(reached) || isOwn(reached)) ? every : undefined;
  }
}

function firstAt<S>(
  found: readonly ReadonlyMap<string, S>[],
  address: string,
): S | undefined {
  for (const addresses of found) {
    const service = addresses.get(address);
    if (service) return service;
  }
  return undefined;
}

/** Of IPv6 addresses as they are written, for a table is looked through at each change. */
const spellings = new Map<string, string>();
const MOST_SPELLINGS = 50_000;

/** One spelling of each; IPv4 within IPv6 is IPv4, as a socket has it. */
function plain(address: string): string {
  if (!address.includes(':')) return address;
  const known = spellings.get(address);
  if (known !== undefined) return known;
  const text = addressText(unmapped(addressBytes(address)));
  if (spellings.size >= MOST_SPELLINGS) spellings.clear();
  spellings.set(address, text);
  return text;
}
