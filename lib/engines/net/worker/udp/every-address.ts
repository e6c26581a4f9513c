import { networkInterfaces } from 'node:os';
import type { Family } from '../../../../model/address.ts';

/** Whether a service with that address is for all of the host's. */
export function isEvery(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** The host's addresses of a family as a socket is bound to them: a link-local one with its link. */
export function addressesOf(family: Family): readonly string[] {
  const wanted = family === 'inet6' ? 'IPv6' : 'IPv4';
  return Object.entries(networkInterfaces()).flatMap(([link, list]) =>
    (list ?? [])
      .filter((one) => one.family === wanted)
      .map(({ address }) => (/^fe80:/i.test(address) ? `${address}%${link}` : address)),
  );
}
