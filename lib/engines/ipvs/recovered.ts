import { endpoint } from '../../model/address.ts';
import type { RecoveredServer, RecoveredService } from '../../model/engine.ts';
import {
  destinationPort,
  fallbackId,
  type VirtualService,
} from '../../model/virtual-service.ts';
import type { HeldTable } from './held.ts';
import { serviceKey } from './words.ts';

/** What the kernel holds of these services, by the ids that the config gives to its servers. */
export function recovered(
  services: readonly VirtualService[],
  held: HeldTable,
): readonly RecoveredService[] {
  return services.flatMap((service) => {
    const there = held.get(serviceKey(service));
    if (!there) return [];
    const servers: RecoveredServer[] = [];
    const find = (id: string, address: string, port: number) => {
      const found = there.reals.get(endpoint(address, port));
      if (found) servers.push({ id, weight: found.weight });
    };
    for (const real of service.reals)
      find(real.id, real.address, destinationPort(service, real));
    const { fallback } = service;
    if (fallback)
      find(fallbackId(fallback), fallback.address, destinationPort(service, fallback));
    return [{ id: service.id, servers }];
  });
}
