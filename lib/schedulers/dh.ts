import type { Scheduler } from '../model/scheduler.ts';
import { bucketOf, foldAddress } from './address-hash.ts';

/** Destination hashing: the server in the bucket of the service's own address, weights not
 *  counted; one address means one server. Refuses when that one is not eligible.
 *  Does not grow. Source: ipvsadm(8), "dh"; net/netfilter/ipvs. */
export const dh: Scheduler = {
  summary: 'by the hash of the destination address',
  pick(service) {
    if (service.size === 0) return undefined;
    // The 256 buckets are dealt out in turn, so the remainder says whose it is.
    const row = bucketOf(foldAddress(service.destination)) % service.size;
    return service.eligible(row) ? row : undefined;
  },
};
