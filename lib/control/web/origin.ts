import { isIP } from 'node:net';
import { isLoopback } from '../../config/web-values.ts';
import { Refused } from './refused.ts';

/** What of a request's headers says where it comes from. */
export interface Provenance {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly 'sec-fetch-site': string | undefined;
}

/** Lets only pass what the page itself asks for, or a program that is no browser.
 *  @throws Refused */
export function demandOwnOrigin(from: Provenance): void {
  const site = from['sec-fetch-site'];
  const foreign = site !== undefined && site !== 'same-origin';
  if (foreign || (from.origin !== undefined && hostOf(from.origin) !== from.host))
    throw new Refused(403, 'this comes from the page of another site');
}

/** Where nobody has to log in, another site could give its own name our address, and would then be of
 *  one origin with us. Only names that no site can have are taken.
 *  @throws Refused */
export function demandLoopbackName(host: string | undefined): void {
  const name = hostOf(`http://${host}`)?.replace(/:\d+$/, '') ?? '';
  const bare = name.replace(/^\[|\]$/g, '');
  if (name === 'localhost' || (isIP(bare) > 0 && isLoopback(bare))) return;
  throw new Refused(
    421,
    `without users the page is there by an address only: expected it as in "http://127.0.0.1"`,
  );
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}
