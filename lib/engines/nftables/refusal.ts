import { endpoint } from '../../model/address.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { isLoopback } from './loopback.ts';
import { accuracyOf, refusesScheduler } from './slots.ts';

/** Why the kernel's NAT cannot carry the service, and what would; undefined when it can. */
export function refusal(service: VirtualService): string | undefined {
  if (service.ops)
    return 'ops: NAT keeps the packets of a client together, so no packet is scheduled by itself; leave ops out, or keep this service on IPVS';
  return serverRefusal(service) ?? refusesScheduler(service.scheduler);
}

function serverRefusal({ reals, address }: VirtualService): string | undefined {
  for (const real of reals) {
    const where = `real server ${endpoint(real.address, real.port)}`;
    if (real.method !== 'masq')
      return `${where} is forwarded by ${real.method}, and nftables replaces addresses, which is masq: write masq, or set engine = net or ipvs`;
    if (isLoopback(real.address))
      return `${where} is on the loopback interface, where the kernel forwards nothing to: give an address of another interface, or set engine = net`;
    if (real.address === address && (real.port === 0 || real.port === undefined))
      return `${where} is the virtual service itself: give the server another address`;
  }
  return undefined;
}

/** What of the service follows the number of connections, in words; undefined: nothing does. */
export function inexact({ scheduler, reals }: VirtualService): string | undefined {
  if (accuracyOf(scheduler) === 'feedback')
    return `${scheduler} follows there what was counted a moment ago`;
  if (reals.some(({ upper }) => upper > 0))
    return 'thresholds follow there what was counted a moment ago';
  return undefined;
}
