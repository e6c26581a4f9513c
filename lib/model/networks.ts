import { isIP, isIPv6 } from 'node:net';
import { addressBytes, addressText, unmapped } from './address-bytes.ts';

/** The first address of a network, as 4 or 16 bytes, and how many of its bits all have in common. */
interface Network {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

const MAPPED_BITS = 96;

/** Reads `10.0.0.0/8`, `192.0.2.7`, `2001:db8::/32`. An IPv4-mapped network is the IPv4 one.
 *  @throws RangeError with what was expected, as in "example" */
export function network(text: string): Network {
  const [address = '', length] = text.split('/', 2);
  const isRead = isIP(address) !== 0 && !address.includes('%');
  if (!isRead || text.split('/').length > 2) throw unlike('a network', '10.0.0.0/8');
  const most = isIPv6(address) ? 128 : 32;
  const bits = length === undefined ? most : lengthOf(length);
  if (!(bits <= most))
    throw unlike(`the length of a prefix, 0 to ${most}`, `${address}/${most}`);
  const all = addressBytes(address);
  const first = all.map((byte, at) => byte & maskByte(bits, at));
  if (first.some((byte, at) => byte !== all[at]))
    throw unlike(
      `the first address of the network, since its last ${most - bits} bits say nothing`,
      `${addressText(first)}/${bits}" or, for that address alone, "${address}`,
    );
  const bytes = bits >= MAPPED_BITS ? unmapped(all) : all;
  return { bytes, bits: bits - (all.length - bytes.length) * 8 };
}

function lengthOf(text: string): number {
  return /^\d{1,3}$/.test(text) ? Number(text) : NaN;
}

function unlike(what: string, example: string): RangeError {
  return new RangeError(`expected ${what}, as in "${example}"`);
}

/** Which bits of the byte are in the prefix. */
function maskByte(bits: number, at: number): number {
  const own = Math.min(8, Math.max(0, bits - at * 8));
  return (0xff00 >> own) & 255;
}

/** A set of networks, of both families. A look-up halves what is left of them again and again: among
 *  thousands it takes a dozen steps, and nothing is allocated. */
export class Networks {
  readonly #inet: Ranges;
  readonly #inet6: Ranges;

  /** @param texts  as {@link network} reads them
   *  @throws RangeError */
  constructor(texts: readonly string[]) {
    const all = texts.map(network);
    const of = (size: number) => all.filter(({ bytes }) => bytes.length === size);
    this.#inet = new Ranges(of(4), 1);
    this.#inet6 = new Ranges(of(16), 4);
  }

  /** @param address  4 or 16 bytes, not IPv4-mapped; what has none is in no network */
  has(address: Uint8Array): boolean {
    if (address.length === 4) return this.#inet.has(address);
    return address.length === 16 && this.#inet6.has(address);
  }
}

/** Networks of one family that do not overlap, in order: two arrays of 32-bit words. */
class Ranges {
  readonly #width: number;
  readonly #size: number;
  readonly #first: Uint32Array;
  readonly #last: Uint32Array;
  /** What is looked up. */
  readonly #wanted: Uint32Array;

  /** @param width  words of an address */
  constructor(networks: readonly Network[], width: number) {
    const kept = withoutInner(networks);
    this.#width = width;
    this.#size = kept.length;
    this.#first = new Uint32Array(kept.length * width);
    this.#last = new Uint32Array(kept.length * width);
    this.#wanted = new Uint32Array(width);
    for (const [at, { bytes, bits }] of kept.entries()) {
      write(bytes, this.#first, at * width);
      const last = bytes.map((byte, index) => byte | (~maskByte(bits, index) & 255));
      write(last, this.#last, at * width);
    }
  }

  has(address: Uint8Array): boolean {
    write(address, this.#wanted, 0);
    let below = 0;
    let above = this.#size;
    while (below < above) {
      const middle = (below + above) >>> 1;
      if (this.#compare(this.#first, middle) < 0) above = middle;
      else below = middle + 1;
    }
    return below > 0 && this.#compare(this.#last, below - 1) <= 0;
  }

  /** The wanted address against the one at that place: below, at or above 0. */
  #compare(words: Uint32Array, place: number): number {
    for (let word = 0; word < this.#width; word++) {
      const other = words[place * this.#width + word] ?? 0;
      const difference = (this.#wanted[word] ?? 0) - other;
      if (difference !== 0) return difference;
    }
    return 0;
  }
}

function write(bytes: Uint8Array, words: Uint32Array, at: number): void {
  for (let byte = 0; byte < bytes.length; byte += 4) {
    const high = ((bytes[byte] ?? 0) << 24) | ((bytes[byte + 1] ?? 0) << 16);
    const low = ((bytes[byte + 2] ?? 0) << 8) | (bytes[byte + 3] ?? 0);
    words[at + byte / 4] = high | low;
  }
}

/** In the order of their first addresses, but for those that lie in another one: networks are within each
 *  other or apart. */
function withoutInner(networks: readonly Network[]): readonly Network[] {
  const ordered = [...networks].sort(
    (one, other) => Buffer.compare(one.bytes, other.bytes) || one.bits - other.bits,
  );
  const kept: Network[] = [];
  for (const candidate of ordered) {
    const outer = kept.at(-1);
    if (!outer || !isWithin(candidate, outer)) kept.push(candidate);
  }
  return kept;
}

function isWithin(inner: Network, outer: Network): boolean {
  return outer.bytes.every(
    (byte, at) => ((byte ^ (inner.bytes[at] ?? 0)) & maskByte(outer.bits, at)) === 0,
  );
}
