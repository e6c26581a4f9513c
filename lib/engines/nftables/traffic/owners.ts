import type { ServiceTable } from '../../../model/engine.ts';
import type { ConnectionFilter } from '../../../model/traffic.ts';
import type { VirtualService } from '../../../model/virtual-service.ts';
import { keyOf, keysOf } from '../flow-keys.ts';
import { bare } from '../names.ts';
import type { Flow } from '../picking/conntrack-line.ts';
import type { Server } from '../shapes.ts';
import { led } from '../sources.ts';

/** Whose a flow is. */
export interface Owner {
  readonly service: VirtualService;
  readonly server: Server & { readonly id: string };
}

/** Every server of every service that packets are led to. */
export class Owners {
  readonly #all: readonly Owner[];
  readonly #byKey = new Map<string, Owner>();

  constructor(table: ServiceTable) {
    this.#all = table.flatMap((entry) =>
      led(entry).map((server) => ({ service: entry.service, server })),
    );
    for (const owner of this.#all) {
      const key = keyOf(owner.service, owner.server);
      if (!this.#byKey.has(key)) this.#byKey.set(key, owner);
    }
  }

  /** Undefined: it is somebody else's. */
  of(flow: Flow): Owner | undefined {
    for (const key of keysOf(flow)) {
      const owner = this.#byKey.get(key);
      if (owner) return owner;
    }
    return undefined;
  }

  matching(filter: ConnectionFilter): readonly Owner[] {
    return this.#all.filter((owner) => isMeant(owner, filter));
  }
}

export function isMeant(
  { service, server }: Owner,
  filter: Pick<ConnectionFilter, 'service' | 'server'>,
): boolean {
  return (
    (filter.service ?? service.id) === service.id &&
    (filter.server ?? server.id) === server.id
  );
}

/** What conntrack has to list for flows of these, by its words: no less, and mostly not much more.
 *  Source: conntrack(8). */
export function selections(owners: readonly Owner[]): readonly (readonly string[])[] {
  const families = new Set(owners.map(({ service }) => service.family));
  const [first] = owners;
  if (!first) return [];
  const [service] = same(owners, (owner) => owner.service);
  const [server] = same(owners, ({ server }) => server.address);
  const words = [
    ...(service ? wordsOf(service) : []),
    ...(server === undefined ? [] : ['--reply-src', bare(server)]),
  ];
  return [...families].map((family) => [
    ...['-f', family === 'inet' ? 'ipv4' : 'ipv6'],
    ...words,
  ]);
}

function wordsOf({ protocol, address = '', port }: VirtualService): readonly string[] {
  if (protocol === 'fwm') return [];
  const asked = ['-p', protocol, '--orig-dst', bare(address)];
  return port ? [...asked, '--orig-port-dst', String(port)] : asked;
}

/** @returns the one that they all have; nothing where they differ */
function same<T>(owners: readonly Owner[], of: (owner: Owner) => T): readonly T[] {
  const all = [...new Set(owners.map(of))];
  return all.length === 1 ? all : [];
}
