import type { Row, Scheduler, ServiceView } from '../model/scheduler.ts';
import { BUCKETS, bucketOf, foldAddress } from './address-hash.ts';
import { mayFallBack, portCounts } from './flags.ts';

/** Source hashing: the server in the bucket of the client's address; a server has as many of the
 *  256 buckets as its weight, in turn, so one past the last bucket gets nothing. Schedflags:
 *  `sh-port` adds the client's port; without `sh-fallback` a client whose server is not eligible
 *  is refused, with it the buckets after its own are tried. Does not grow.
 *  Source: ipvsadm(8), "sh"; net/netfilter/ipvs. */
export const sh: Scheduler = {
  summary: "by the hash of the client's address",
  pick(service, client) {
    if (service.size === 0) return undefined;
    const buckets = service.derive(dealBuckets);
    const port = portCounts(service.flags) ? client.port : 0;
    const own = bucketOf(foldAddress(client.address) + port);
    const row = buckets[own] ?? 0;
    if (service.eligible(row)) return row;
    return mayFallBack(service.flags) ? standIn(service, buckets, own) : undefined;
  },
};

function dealBuckets(service: ServiceView): Uint16Array {
  const buckets = new Uint16Array(BUCKETS);
  let row = 0;
  let held = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    buckets[bucket] = row;
    if (++held < service.weight(row)) continue;
    row = (row + 1) % service.size;
    held = 0;
  }
  return buckets;
}

/** The kernel goes round from the client's own bucket, with that bucket's number as the first
 *  offset: the second place tried is twice the first. */
function standIn(
  service: ServiceView,
  buckets: Uint16Array,
  own: number,
): Row | undefined {
  for (let offset = 0; offset < BUCKETS; offset++) {
    const row = buckets[(own + own + offset) % BUCKETS] ?? 0;
    if (service.eligible(row)) return row;
  }
  return undefined;
}
