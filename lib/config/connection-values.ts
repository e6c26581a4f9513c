import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { duration } from './duration.ts';
import { expected } from './values.ts';

// What the keys about open connections may be: as the readers in ini-values.ts.

/** What becomes of the connections of a server that is down; undefined: what `quiescent` says. */
export function onDown(text: string): 'keep' | 'kill' | undefined {
  return text === 'keep' || text === 'kill' ? text : expected('keep or kill', 'kill');
}

/** What the reader takes, or `no`, which is undefined. */
export function orNo<T>(read: (text: string) => T): (text: string) => T | undefined {
  return (text) => (text === 'no' ? undefined : read(text));
}

/** `10%`. @returns 0 to 1 */
export function share(text: string): number {
  const percent = Number(/^(\d{1,3}) ?%$/.exec(text)?.[1] ?? NaN);
  return percent <= 100 ? percent / 100 : expected('a share from 0% to 100%', '10%');
}

/** `20/s`. @returns how many a second, 1 to 10,000 */
export function rate(text: string): number {
  const number = Number(/^(\d{1,5}) ?\/ ?s$/.exec(text)?.[1] ?? NaN);
  return number >= 1 && number <= 10_000
    ? number
    : expected('how many a second, 1/s to 10000/s', '20/s');
}

const MOST_ADDRESSES = 64;

/** Numeric addresses with commas between, as they stand; none for `no`. */
export function addresses(text: string): readonly string[] {
  if (text === 'no') return [];
  const all = text.split(',').map((one) => one.trim().toLowerCase());
  return all.length <= MOST_ADDRESSES && all.every((one) => isIP(one) > 0)
    ? all
    : expected('no, or addresses with commas between', '10.0.0.5,10.0.0.6');
}

/** Each address once, in their order. */
export function distinct(all: readonly string[]): readonly string[] {
  return [...new Map(all.map((one) => [canonical(one), one])).values()];
}

/** What is said of addresses that this host does not have now. */
export function strangers(all: readonly string[]): string | undefined {
  if (all.length === 0) return undefined;
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const known = new Set(own.map(({ address }) => canonical(address)));
  const strange = distinct(all).filter(
    (one) => !known.has(canonical(one)) && !isLoopback(one),
  );
  if (strange.length === 0) return undefined;
  return `${strange.join(', ')}: expected an address of this host; as long as it is not there the others are used, and without any no real server is reached`;
}

/** One spelling of each. */
export function canonical(address: string): string {
  const bare = address.split('%')[0] ?? address;
  return isIP(bare) === 6 ? new URL(`http://[${bare}]/`).hostname : bare;
}

/** All of that network is this host's. */
function isLoopback(address: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(address);
}

const SHORTEST_KEEPALIVE_MS = 1000;

/** A time of 1 s or more; Infinity for `no`. */
export function keepalive(text: string): number {
  if (text === 'no') return Infinity;
  const milliseconds = duration(text);
  return milliseconds >= SHORTEST_KEEPALIVE_MS
    ? milliseconds
    : expected('no, or a time of 1 s or more', '75s');
}
