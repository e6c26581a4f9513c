import type { ServiceEntry, ServiceTable } from '../model/engine.ts';
import type { EngineName } from '../model/virtual-service.ts';
import { carrier, isIn } from './carriage.ts';
import type { ServiceKeeper } from './service-keeper.ts';

/** What other engines than that one carry of these services. */
export function besideOf(
  name: EngineName,
  keepers: Iterable<ServiceKeeper>,
): ServiceTable {
  return [...keepers].flatMap((keeper) => {
    const { carriage } = keeper;
    return isIn(carriage, name) ? [] : (keeper.entryFor(carrier(carriage)) ?? []);
  });
}

/** Whether both lead the same clients to the same places; what share a server gets is nothing to who dials it. */
export function leadAlike(some: ServiceTable, others: ServiceTable): boolean {
  return (
    some.length === others.length &&
    some.every((entry, at) => {
      const other = others[at];
      return entry === other || (other !== undefined && isAlike(entry, other));
    })
  );
}

function isAlike(one: ServiceEntry, other: ServiceEntry): boolean {
  return (
    one.service === other.service &&
    one.servers.length === other.servers.length &&
    one.servers.every(({ id, weight }, at) => {
      const server = other.servers[at];
      return server?.id === id && server.weight > 0 === weight > 0;
    })
  );
}
