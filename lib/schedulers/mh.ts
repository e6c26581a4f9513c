import type { Client, Row, Scheduler, ServiceView } from '../model/scheduler.ts';
import { foldAddress } from './address-hash.ts';
import { mayFallBack, portCounts } from './flags.ts';
import { maglevTable, SLOTS, slotOf } from './maglev.ts';

/** Maglev hashing: the server that holds the slot of the client's address in a table in which a
 *  change of one server moves little but its own share. Schedflags: `mh-port` adds the client's
 *  port; without `mh-fallback` a client whose server is not eligible is refused, with it further
 *  slots are tried. Does not grow, but for the table, which is made anew after a change, and for
 *  the fallback, which tries the more slots the fewer servers are eligible.
 *  Source: ipvsadm(8), "mh"; net/netfilter/ipvs; Eisenbud et al., "Maglev", 2016. */
export const mh: Scheduler = {
  summary: "by the Maglev hash of the client's address",
  pick(service, client) {
    const table = service.derive(maglevTable);
    if (table.length === 0) return undefined;
    const word = clientWord(service, client);
    const slot = slotOf(word);
    const row = table[slot] ?? 0;
    if (service.eligible(row)) return row;
    return mayFallBack(service.flags) ? standIn(service, table, word, slot) : undefined;
  },
};

function clientWord(service: ServiceView, client: Client): number {
  return foldAddress(client.address) + (portCounts(service.flags) ? client.port : 0);
}

/** The slots that the client's word has with an offset added, from its own slot's number on. */
function standIn(
  service: ServiceView,
  table: Uint16Array,
  word: number,
  slot: number,
): Row | undefined {
  for (let step = 0; step < SLOTS; step++) {
    const row = table[slotOf(word + ((slot + step) % SLOTS))] ?? 0;
    if (service.eligible(row)) return row;
  }
  return undefined;
}
