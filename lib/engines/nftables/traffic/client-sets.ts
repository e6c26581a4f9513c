import type { ServiceTable } from '../../../model/engine.ts';
import type { PersistenceFilter } from '../../../model/traffic.ts';
import type { VirtualService } from '../../../model/virtual-service.ts';
import { askedKey, type ClientKey, clientKey } from '../../client-key.ts';
import { serverName, serviceName } from '../names.ts';
import { led } from '../sources.ts';

/** A set of clients that persist. */
export interface ClientSet {
  readonly service: VirtualService;
  /** The server's id. */
  readonly server: string;
  readonly key: ClientKey;
  /** The key of the one that is asked for; undefined: all are. */
  readonly asked: string | undefined;
}

/** Those of servers that packets are led to, by their names. */
export function clientSets(
  table: ServiceTable,
  { service: id, server, client }: PersistenceFilter,
): ReadonlyMap<string, ClientSet> {
  const sets = new Map<string, ClientSet>();
  for (const entry of table) {
    const { service } = entry;
    if (!service.persistent || (id ?? service.id) !== service.id) continue;
    const key = clientKey(service.netmask);
    const asked = client && askedKey(client, key);
    if (client !== undefined && !asked) continue; // That is no address.
    for (const one of led(entry).filter(({ id }) => (server ?? id) === id)) {
      const name = serverName(serviceName(service), one);
      sets.set(name, { service, server: one.id, key, asked });
    }
  }
  return sets;
}

/** @param client  an address of the set */
export function isAsked({ key, asked }: ClientSet, client: Uint8Array): boolean {
  return asked === undefined || asked === key(client);
}
