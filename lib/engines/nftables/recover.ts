import type { RecoveredServer, RecoveredService } from '../../model/engine.ts';
import {
  destinationPort,
  fallbackId,
  type VirtualService,
} from '../../model/virtual-service.ts';
import { weightOf } from './counters.ts';
import { serviceName } from './names.ts';
import { elementId, type Part, type Parts } from './part.ts';

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

function serversOf(service: VirtualService, { elements }: Part): RecoveredServer[] {
  const { reals, fallback } = service;
  const last = fallback ? [{ ...fallback, id: fallbackId(fallback) }] : [];
  const servers = new Map<string, RecoveredServer>();
  for (const { id, address, ...rest } of [...reals, ...last]) {
    const port = destinationPort(service, rest);
    const told = elements.get(elementId(weightOf(service, { address, port })))?.told;
    if (told !== undefined && !servers.has(id))
      servers.set(id, { id, weight: Number(told) });
  }
  return [...servers.values()];
}
