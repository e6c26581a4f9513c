import type { Json } from './json.ts';

/** Most clients that a set of them remembers. */
const MOST_CLIENTS = 1_048_576;

/** The same in nft's own language. */
export function clientSetWords(type: string): string {
  return `{ type ${type}; size ${MOST_CLIENTS}; flags timeout; }`;
}

/** A set of clients that persist, as JSON has it.
 *  @param type  of an address */
export function clientSet(
  name: string,
  type: string,
): { readonly [key: string]: Json } {
  return { name, type, size: MOST_CLIENTS, flags: ['timeout'] };
}
