import type { ServiceTable } from '../model/engine.ts';
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
