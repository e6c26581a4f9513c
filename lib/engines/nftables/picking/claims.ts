/** What is needed of a server: two of a service differ in address or port. */
interface Claimant {
  readonly address: string;
  readonly port: number;
  readonly weight: number;
}

/** Which server holds each of `size` slots, by weight: every server bids for every slot by a hash
 *  of the two, and the best bid has it (weighted rendezvous hashing; Schindelhauer and Schomaker,
 *  2005). So when a server comes, goes or changes weight, slots move to or from that server alone.
 *  A server whose weight wins nothing is lent one slot by a server with several, so that it is not
 *  left out; those few may move at other changes too. A share p is met to within chance: its
 *  standard deviation is sqrt(p (1 - p) / size). Empty when no weight is above 0.
 *  Takes slots x servers steps. */
export function claims(servers: readonly Claimant[], size: number): readonly number[] {
  const names = servers.map(({ address, port }) => hashOf(`${address} ${port}`));
  const indices = servers.flatMap(({ weight }, index) => (weight > 0 ? [index] : []));
  if (indices.length === 0) return [];
  const bid = (index: number, slot: number) =>
    delay(mixed((names[index] ?? 0) ^ mixed(slot + 1)), servers[index]?.weight ?? 1);
  const slots = Array.from({ length: size }, (_, slot) =>
    lowest(indices, (index) => bid(index, slot)),
  );
  lend(slots, indices, bid);
  return slots;
}

function lend(
  slots: number[],
  indices: readonly number[],
  bid: (index: number, slot: number) => number,
): void {
  const held = new Map(indices.map((index) => [index, 0]));
  const add = (index: number, count: number) =>
    held.set(index, (held.get(index) ?? 0) + count);
  for (const index of slots) add(index, 1);
  for (const index of indices) {
    if (held.get(index) !== 0) continue;
    const spare = [...slots.keys()].filter(
      (slot) => (held.get(slots[slot] ?? 0) ?? 0) > 1,
    );
    if (spare.length === 0) return;
    const slot = lowest(spare, (at) => bid(index, at));
    add(slots[slot] ?? 0, -1);
    add(index, 1);
    slots[slot] = index;
  }
}

function lowest(from: readonly number[], cost: (one: number) => number): number {
  let best = from[0] ?? 0;
  let least = Infinity;
  for (const one of from) {
    const costs = cost(one);
    if (costs >= least) continue;
    best = one;
    least = costs;
  }
  return best;
}

/** Exponentially distributed with the weight as its rate: the lowest of several is each one's as
 *  often as its weight has it. */
function delay(word: number, weight: number): number {
  return -Math.log((word + 0.5) / 2 ** 32) / weight;
}

/** FNV-1a of a text of ASCII. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** Every bit of the word changes about half of the bits (MurmurHash3's finalizer). */
function mixed(word: number): number {
  let mix = word;
  mix = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
