import type { Row, Scheduler, ServiceView } from '../model/scheduler.ts';
import { least } from './least.ts';
import { EXPIRATION_MS, overloaded, Remembered } from './locality.ts';

/** What is remembered of the service's destination address. */
interface Memory {
  server: Remembered | undefined;
  usedAt: number;
}

/** Locality-based least-connection: the server that the destination address had before, until it
 *  is not eligible, or has more active connections than its weight while another has fewer than
 *  half of its; then the choice of wlc, which is remembered. Forgets after a day without use.
 *  One address means one server until that is overloaded. Does not grow while the server stays.
 *  Source: ipvsadm(8), "lblc"; net/netfilter/ipvs. */
export const lblc: Scheduler = {
  summary: 'the server of the destination until it is overloaded',
  keeps: true,
  pick(service) {
    const memory = service.keep(forgetful);
    const now = service.now();
    if (now - memory.usedAt > EXPIRATION_MS) memory.server = undefined;
    memory.usedAt = now;
    const kept = memory.server?.row(service);
    if (kept !== undefined && usable(service, kept)) return kept;
    const row = least(service, 'weightedLoad');
    if (row !== undefined) memory.server = new Remembered(service, row);
    return row;
  },
};

function forgetful(): Memory {
  return { server: undefined, usedAt: 0 };
}

function usable(service: ServiceView, row: Row): boolean {
  return service.eligible(row) && !overloaded(service, row);
}
