import type { ServiceOptions } from '../../../model/virtual-service.ts';
import type { CarriedLimits } from '../protocol.ts';

/** Of a service's options what workers hold it to; undefined: nothing, so that a connection costs no
 *  more than a look at that. */
export function carriedLimits({
  allow,
  deny,
}: ServiceOptions): CarriedLimits | undefined {
  if (allow.length === 0 && deny.length === 0) return undefined;
  return { allow: allow.join(','), deny: deny.join(',') };
}
