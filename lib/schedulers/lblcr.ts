import type { Row, Scheduler, ServiceView } from '../model/scheduler.ts';
import { least } from './least.ts';
import { EXPIRATION_MS, overloaded, Remembered, seen } from './locality.ts';

/** The servers of the service's destination address, the latest first. */
interface Memory {
  set: readonly Remembered[];
  /** When a server joined or left the set. */
  changedAt: number;
  usedAt: number;
}

/** Locality-based least-connection with replication: the lowest load per unit of weight in a set
 *  of servers that belongs to the destination address. When that one is overloaded (more active
 *  connections than its weight, while another has fewer than half of its), the choice of wlc
 *  joins the set and is taken. A set of several that has not changed for a day loses its busiest
 *  server; one that has not been used for a day is forgotten. Grows with the set.
 *  Source: ipvsadm(8), "lblcr"; net/netfilter/ipvs. */
export const lblcr: Scheduler = {
  summary: 'a set of servers for the destination, widened when overloaded',
  keeps: true,
  pick(service) {
    const memory = service.keep(forgetful);
    const now = service.now();
    if (now - memory.usedAt > EXPIRATION_MS) memory.set = [];
    memory.usedAt = now;
    const best = lightestOf(service, memory.set);
    if (memory.set.length > 1 && now - memory.changedAt > EXPIRATION_MS)
      dropBusiest(service, memory, now);
    if (best !== undefined && !overloaded(service, best)) return best;
    const row = least(service, 'weightedLoad');
    if (row !== undefined) join(service, memory, row, now);
    return row;
  },
};

function forgetful(): Memory {
  return { set: [], changedAt: 0, usedAt: 0 };
}

/** The eligible server of the set with the lowest load per unit of weight. */
function lightestOf(service: ServiceView, set: readonly Remembered[]): Row | undefined {
  const { values, at } = service.column('weightedLoad');
  let best: Row | undefined;
  let lowest = Infinity;
  const now = seen(service);
  for (const server of set) {
    const row = server.row(service, now);
    if (row === undefined) continue;
    const load = values[at[row] ?? 0] ?? Infinity;
    if (load >= lowest || !service.eligible(row)) continue;
    best = row;
    lowest = load;
  }
  return best;
}

function lighter(service: ServiceView, a: Row, b: Row): boolean {
  return service.load(a) * service.weight(b) < service.load(b) * service.weight(a);
}

/** A server over its threshold may go too; a quiesced one has no load per unit of weight. */
function dropBusiest(service: ServiceView, memory: Memory, now: number): void {
  let busiest: Row | undefined;
  for (const server of memory.set) {
    const row = server.row(service);
    if (row === undefined || service.weight(row) === 0) continue;
    if (busiest === undefined || lighter(service, busiest, row)) busiest = row;
  }
  if (busiest === undefined) return;
  memory.set = memory.set.filter((server) => server.row(service) !== busiest);
  memory.changedAt = now;
}

/** Servers that are gone leave the set when one joins: it never holds more than the service. */
function join(service: ServiceView, memory: Memory, row: Row, now: number): void {
  if (memory.set.some((server) => server.row(service) === row)) return;
  const present = memory.set.filter((server) => server.row(service) !== undefined);
  memory.set = [new Remembered(service, row), ...present];
  memory.changedAt = now;
}
