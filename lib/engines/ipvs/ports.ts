import type { ServiceEntry } from '../../model/engine.ts';
import {
  destinationPort,
  type Fallback,
  type RealServer,
  type VirtualService,
} from '../../model/virtual-service.ts';

/** The port that the kernel knows a server by. With masq it is as configured: 0, where the config names
 *  none, has the kernel go on to the one that the client asked for, and is what ldirectord gives. With
 *  gate and ipip ipvsadm takes the service's. Source: ipvsadm(8), "-r". */
export function kernelPort(
  service: VirtualService,
  server: RealServer | Fallback,
): number {
  return server.method === 'masq' ? server.port : destinationPort(service, server);
}

/** The entry with its servers at the ports that the kernel is to know. */
export function withKernelPorts(entry: ServiceEntry): ServiceEntry {
  const { service, servers } = entry;
  const portless = new Set<string>();
  for (const { id, method, port } of service.reals)
    if (method === 'masq' && port === 0) portless.add(id);
  if (portless.size === 0) return entry;
  const at = servers.map((one) => (portless.has(one.id) ? { ...one, port: 0 } : one));
  return { service, servers: at };
}
