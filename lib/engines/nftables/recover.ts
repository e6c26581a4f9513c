import type { RecoveredServer, RecoveredService } from '../../model/engine.ts';
import {
  destinationPort,
  fallbackId,
  type VirtualService,
} from '../../model/virtual-service.ts';
import { serviceName, weightsName } from './names.ts';
import type { Part, Parts } from './part.ts';
import { toldWeights } from './weights.ts';

/** What the table of an earlier run means for these services. */
export function recovered(
  services: readonly VirtualService[],
  parts: Parts,
): RecoveredService[] {
  return services.flatMap((service) => {
    const part = parts.get(serviceName(service));
    if (!part) return [];
    return [{ id: service.id, servers: serversOf(service, part) }];
  });
}

function serversOf(service: VirtualService, { chains }: Part): RecoveredServer[] {
  const { reals, fallback } = service;
  const last = fallback ? [{ ...fallback, id: fallbackId(fallback) }] : [];
  const told = toldWeights(chains.get(weightsName(service)) ?? []);
  const servers = new Map<string, RecoveredServer>();
  for (const { id, address, ...rest } of [...reals, ...last]) {
    const weight = told({ address, port: destinationPort(service, rest) });
    if (weight !== undefined && !servers.has(id)) servers.set(id, { id, weight });
  }
  return [...servers.values()];
}
