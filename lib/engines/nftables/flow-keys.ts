import type { ServerEntry } from '../../model/engine.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import type { Flow } from './picking/conntrack-line.ts';
import { plain } from './shapes.ts';

/** As a flow of the server through the service can be told: of a service without a port by the addresses,
 *  of a marked one by the server alone. */
export function keyOf(
  service: VirtualService,
  { address, port }: Pick<ServerEntry, 'address' | 'port'>,
): string {
  const server = plain(address);
  if (service.protocol === 'fwm') return server;
  const asked = `${service.protocol} ${plain(service.address ?? '')}`;
  return service.port
    ? `${asked} ${service.port} ${server} ${port}`
    : `${asked} ${server}`;
}

/** From the most telling to the least. */
export function keysOf({
  protocol,
  address,
  port,
  server,
  serverPort,
}: Flow): string[] {
  const asked = `${protocol} ${address}`;
  return [`${asked} ${port} ${server} ${serverPort}`, `${asked} ${server}`, server];
}
