import type { ServiceEntry } from '../../model/engine.ts';
import { refusesServer } from './refusal.ts';

/** So that what is the same object remains one. */
const LEADABLE = new WeakMap<ServiceEntry, ServiceEntry>();

/** The service with those of its servers that packets can be led to, and are to be; a fallback on this
 *  host has its own way. One that is cut has left: its flows end, and who persisted at it is forgotten. */
export function leadable(entry: ServiceEntry): ServiceEntry {
  const known = LEADABLE.get(entry);
  if (known) return known;
  const { service } = entry;
  const servers = entry.servers.filter(
    (server) =>
      server.fallback || (!server.cut && refusesServer(service, server) === undefined),
  );
  const all = servers.length === entry.servers.length;
  const made = all ? entry : { ...entry, servers };
  LEADABLE.set(entry, made);
  return made;
}
