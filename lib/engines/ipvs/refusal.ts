import type { VirtualService } from '../../model/virtual-service.ts';
import { netAlone } from '../net-alone.ts';

/** Why ipvsadm would not take the service, and what would mend it; undefined: it may. Whether the
 *  kernel has the scheduler is for the kernel to say, and a real server that is refused leaves the
 *  others alone. Source: ipvsadm(8), observed with 1.31. */
export function refusal(service: VirtualService): string | undefined {
  const { port, persistent, fwmark } = service;
  if (fwmark === 0)
    return 'firewall mark 0 is that of every packet without a mark: take 1 or more';
  if (persistent === 0)
    return 'persistent=0 is no time: give seconds, as in "persistent=300", or leave the line out';
  if (port === 0 && persistent === undefined)
    return 'port 0 (every port) goes only with persistence, as in "persistent=300"';
  return refusesEnds(service) ?? netAlone(service);
}

/** A server of weight 0 keeps its connections, and one that was taken out takes no packet of them. */
function refusesEnds({ quiescent, options }: VirtualService): string | undefined {
  const { onDown, drainDeadlineMs } = options;
  if (onDown === 'kill' && quiescent)
    return 'on-down = kill: IPVS has no command that ends a connection; write quiescent = no, or set engine = nftables or net';
  if (onDown === 'keep' && !quiescent)
    return 'on-down = keep: IPVS passes nothing on to a server that was taken out; write quiescent = yes, or set engine = nftables or net';
  if (drainDeadlineMs !== undefined)
    return 'drain-deadline: IPVS has no command that ends a connection; set engine = nftables or net';
  return undefined;
}
