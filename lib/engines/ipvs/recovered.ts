import { endpoint } from '../../model/address.ts';
import type { RecoveredServer, RecoveredService } from '../../model/engine.ts';
import {
  type Fallback,
  fallbackId,
  type RealServer,
  type VirtualService,
} from '../../model/virtual-service.ts';
import type { HeldServer, HeldTable } from './held.ts';
import { kernelPort } from './ports.ts';
import { serviceKey } from './words.ts';

/** What the kernel holds of these services, by the ids that the config gives to its servers; those
 *  that it does not know, by their place. */
export function recovered(
  services: readonly VirtualService[],
  held: HeldTable,
): readonly RecoveredService[] {
  return services.flatMap((service) => {
    const there = held.get(serviceKey(service));
    return there
      ? [{ id: service.id, servers: recoveredServers(service, there.reals) }]
      : [];
  });
}

function recoveredServers(
  service: VirtualService,
  held: ReadonlyMap<string, HeldServer>,
): readonly RecoveredServer[] {
  const servers: RecoveredServer[] = [];
  const unknown = new Map(held);
  const find = (id: string, place: string) => {
    const weight = held.get(place)?.weight;
    if (weight !== undefined) servers.push({ id, weight });
    unknown.delete(place);
  };
  for (const real of service.reals) find(real.id, placeOf(service, real));
  const { fallback } = service;
  const last = fallback && placeOf(service, fallback);
  // One that is a real server too is there as that.
  if (last && unknown.has(last)) find(fallbackId(fallback), last);
  for (const [id, { weight }] of unknown) servers.push({ id, weight });
  return servers;
}

function placeOf(service: VirtualService, server: RealServer | Fallback): string {
  return endpoint(server.address, kernelPort(service, server));
}
