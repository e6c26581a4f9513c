import { endpoint } from '../../model/address.ts';
import type { ServerEntry } from '../../model/engine.ts';
import { isLoopback } from '../../model/loopback.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { netAlone } from '../net-alone.ts';
import { accuracyOf, refusesScheduler } from './slots.ts';

/** Why the kernel's NAT cannot carry the service, and what would; undefined when it can. */
export function refusal(service: VirtualService): string | undefined {
  if (service.ops)
    return 'ops: NAT keeps the packets of a client together, so no packet is scheduled by itself; leave ops out, or keep this service on IPVS';
  const alone = netAlone(service);
  if (alone !== undefined) return alone;
  const refused = refusals(service);
  // What a name says for now is not what the service is.
  const isNamed = service.options.realsFrom.length > 0;
  const all = !isNamed && refused.length > 0 && refused.length === service.reals.length;
  return (all ? refused[0] : undefined) ?? refusesScheduler(service.scheduler);
}

/** Which real servers it is carried without, and what would mend that; undefined: with all. */
export function omission(service: VirtualService): string | undefined {
  const [first, ...more] = refusals(service);
  if (first === undefined) return undefined;
  return `left out: ${first}${more.length > 0 ? ` (and ${more.length} more)` : ''}`;
}

function refusals(service: VirtualService): string[] {
  return service.reals.flatMap((real) => refusesServer(service, real) ?? []);
}

/** Why packets cannot be led to the server, and what would mend that; undefined: they can. */
export function refusesServer(
  { address }: VirtualService,
  server: Pick<ServerEntry, 'address' | 'port' | 'method'>,
): string | undefined {
  const where = `real server ${endpoint(server.address, server.port)}`;
  if (server.method !== 'masq')
    return `${where} is forwarded by ${server.method}, and nftables replaces addresses, which is masq: write masq, or set engine = net or ipvs`;
  if (isLoopback(server.address))
    return `${where} is on the loopback interface, where the kernel forwards nothing to: give an address of another interface, or set engine = net`;
  if (server.address === address && !server.port)
    return `${where} is the virtual service itself: give the server another address`;
  return undefined;
}

/** What of the service follows the number of connections, in words; undefined: nothing does. */
export function inexact(service: VirtualService): string | undefined {
  const { scheduler, reals, options } = service;
  if (accuracyOf(scheduler) === 'feedback')
    return `${scheduler} follows there what was counted a moment ago`;
  if (options.serverConnections > 0 || reals.some(({ upper }) => upper > 0))
    return 'thresholds follow there what was counted a moment ago';
  return undefined;
}
