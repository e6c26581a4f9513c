import { isIPv6 } from 'node:net';

/** How often passwords may be tried. */
export interface Attempts {
  /** Takes one of the address's attempts. @returns false: it has none left */
  take(address: string): boolean;
  /** It was the right one: all are there again. */
  clear(address: string): void;
}

const MOST = 10;
/** One more after so long. */
const EACH_MS = 30_000;
const ADDRESSES = 1_000;

/** Ten at once from an address, then one in half a minute. Of IPv6 a /64 counts as one: that is
 *  what a host can choose from.
 *  @param now  monotonic, in milliseconds */
export function createAttempts(now: () => number = () => performance.now()): Attempts {
  /** When all of an address's attempts are there again; the first to be so first. */
  const full = new Map<string, number>();
  return {
    take(address) {
      const place = placeOf(address);
      const until = Math.max(full.get(place) ?? 0, now()) + EACH_MS;
      if (until - now() > MOST * EACH_MS) return false;
      full.delete(place);
      full.set(place, until);
      if (full.size > ADDRESSES) full.delete(full.keys().next().value ?? '');
      return true;
    },
    clear: (address) => void full.delete(placeOf(address)),
  };
}

function placeOf(address: string): string {
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - groups.length - after.length }, () => '0');
  const all = tail === undefined ? groups : [...groups, ...zeros, ...after];
  return all.slice(0, 4).join(':');
}
