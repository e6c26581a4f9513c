import { NAMES } from './holders.ts';
import { Network, type Weather } from './network.ts';

export const SECOND = 1000;

/** Numbers that are the same each time. */
export function seeded(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Both nodes begin at once. */
export function both(haCf = '', weather?: Weather, seed = 1): Network {
  const random = seeded(seed);
  const network = new Network({ haCf, random, ...(weather && { weather }) });
  for (const name of NAMES) network.start(name);
  return network;
}

/** By whom the group of lb1 is run, and that of lb2. */
export function held(network: Network): readonly string[] {
  return NAMES.map((owner) => network.holders.of(owner).join('+'));
}

export function words(network: Network): readonly string[] {
  return NAMES.map((name) => network.node(name).ownership.word);
}

/** The partition is over in both directions, or begins. */
export function partition(network: Network, isCut: boolean): void {
  for (const name of NAMES)
    if (isCut) network.cut.add(name);
    else network.cut.delete(name);
}
