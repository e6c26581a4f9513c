import type { ServiceOptions, VirtualService } from '../../../model/virtual-service.ts';
import type { CarriedLimits, CarriedQueue } from '../protocol.ts';

/** Of a service's options whom its gate lets in; undefined: everybody, so that a connection costs no
 *  more than a look at that. */
export function carriedLimits(options: ServiceOptions): CarriedLimits | undefined {
  const { allow, deny, sourceConnections, sourceRate, sourceNetmask6 } = options;
  const isListed = allow.length > 0 || deny.length > 0;
  if (!isListed && sourceConnections === 0 && !sourceRate) return undefined;
  return {
    allow: allow.join(','),
    deny: deny.join(','),
    connections: sourceConnections,
    rate: sourceRate?.connections ?? 0,
    windowMs: sourceRate?.windowMs ?? 0,
    netmask6: sourceNetmask6,
  };
}

/** How its clients wait; undefined: they do not. */
export function carriedQueue({
  protocol,
  options,
}: VirtualService): CarriedQueue | undefined {
  if (protocol !== 'tcp' || options.queue === 0) return undefined;
  return {
    most: options.queue,
    timeoutMs: options.queueTimeoutMs,
    abortOnClose: options.abortOnClose,
  };
}
