import type { RecoveredServer, RecoveredService } from '../../model/engine.ts';
import {
  destinationPort,
  fallbackId,
  type VirtualService,
} from '../../model/virtual-service.ts';
import { serverName, serviceName } from './names.ts';
import type { Part, Parts } from './part.ts';

/** What the table of an earlier run means for these services. */
export function recovered(
  services: readonly VirtualService[],
  parts: Parts,
): RecoveredService[] {
  return services.flatMap((service) => {
    const name = serviceName(service);
    const part = parts.get(name);
    if (!part) return [];
    return [{ id: service.id, servers: serversOf(service, name, part) }];
  });
}

function serversOf(
  service: VirtualService,
  name: string,
  { chains }: Part,
): RecoveredServer[] {
  const { reals, fallback } = service;
  const last = fallback ? [{ ...fallback, id: fallbackId(fallback) }] : [];
  const servers = new Map<string, RecoveredServer>();
  for (const { id, address, ...rest } of [...reals, ...last]) {
    const port = destinationPort(service, rest);
    const rules = chains.get(serverName(name, { address, port }));
    const told = rules?.map(({ comment }) => /\bweight=(\d+)$/.exec(comment)?.[1]);
    const weight = told?.find((text) => text !== undefined);
    if (weight !== undefined && !servers.has(id))
      servers.set(id, { id, weight: Number(weight) });
  }
  return [...servers.values()];
}
