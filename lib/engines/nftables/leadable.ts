import type { ServiceEntry } from '../../model/engine.ts';
import { refusesServer } from './refusal.ts';

/** So that what is the same object remains one. */
const LEADABLE = new WeakMap<ServiceEntry, ServiceEntry>();

/** The service with those of its servers that packets can be led to; a fallback on this host has its
 *  own way. */
export function leadable(entry: ServiceEntry): ServiceEntry {
  const known = LEADABLE.get(entry);
  if (known) return known;
  const { service } = entry;
  const servers = entry.servers.filter(
    (server) => server.fallback || refusesServer(service, server) === undefined,
  );
  const all = servers.length === entry.servers.length;
  const made = all ? entry : { ...entry, servers };
  LEADABLE.set(entry, made);
  return made;
}
