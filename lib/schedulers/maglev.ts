import { addressBytes } from '../model/address-bytes.ts';
import { greatestCommonDivisor } from '../model/gcd.ts';
import type { ServiceView } from '../model/scheduler.ts';
import { foldAddress } from './address-hash.ts';
import { hsiphash } from './siphash.ts';

/** Slots of the table: the kernel's default, the prime below 2^12 (IP_VS_MH_TAB_INDEX = 12). */
export const SLOTS = 4093;
const SLOT_BITS = 12;

const FIRST_KEY = 2654435761;
const SECOND_KEY = 2654446892;

/** Where a client's folded address (plus port, plus offset) falls in the table. */
export function slotOf(word: number): number {
  return hsiphash(word | 0, FIRST_KEY) % SLOTS;
}

/** Which server holds each slot; empty when no server ever had a weight.
 *  Servers take slots in turn, each in an order of its own that its address and port give, and as
 *  many in a turn as its weight over the common divisor. The last weight above 0 counts: a
 *  quiesced server keeps its slots, and all others theirs. */
export function maglevTable(service: ServiceView): Uint16Array {
  const turns = turnsOf(service);
  if (!turns.some((turn) => turn > 0)) return new Uint16Array(0);
  const orders = Array.from(turns, (_, row) => orderOf(service, row));
  const table = new Uint16Array(SLOTS);
  const taken = new Uint8Array(SLOTS);
  let filled = 0;
  for (let row = 0; filled < SLOTS; row = (row + 1) % service.size) {
    const order = orders[row];
    for (let turn = turns[row] ?? 0; order && turn > 0 && filled < SLOTS; turn--) {
      while (taken[order.next] === 1) order.next = (order.next + order.skip) % SLOTS;
      taken[order.next] = 1;
      table[order.next] = row;
      filled++;
    }
  }
  return table;
}

/** Slots in a turn. High weights are shifted down so that a turn stays below the square root of
 *  the table; a server with any weight keeps one. */
function turnsOf(service: ServiceView): Float64Array {
  const weights = Float64Array.from({ length: service.size }, (_, row) =>
    service.lastWeight(row),
  );
  const divisor = greatestCommonDivisor(weights) || 1;
  const highest = weights.reduce((most, weight) => Math.max(most, weight), 0) / divisor;
  const bits = 32 - Math.clz32(highest);
  const shift = Math.max(0, bits - SLOT_BITS / 2);
  return weights.map((weight) =>
    weight > 0 ? Math.max(1, (weight / divisor) >> shift) : 0,
  );
}

/** The order in which a server asks for slots: `next`, then on by `skip` for ever. */
interface Order {
  next: number;
  readonly skip: number;
}

function orderOf(service: ServiceView, row: number): Order {
  const word = foldAddress(addressBytes(service.address(row))) + service.port(row);
  return {
    next: slotOf(word),
    skip: (hsiphash(word | 0, SECOND_KEY) % (SLOTS - 1)) + 1,
  };
}
