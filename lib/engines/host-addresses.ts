import { networkInterfaces } from 'node:os';
import { addressBytes, addressText } from '../model/address-bytes.ts';

/** The addresses that this host's interfaces have now, IPv6 in its shortest form. */
export function hostAddresses(): ReadonlySet<string> {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return new Set(all.map(({ address }) => address.split('%')[0] ?? address));
}

/** A numeric address in the form {@link hostAddresses} has it. */
export function canonical(address: string): string {
  return address.includes(':') ? canonicalIpv6(address) : address;
}

/** The shortest form, so that two spellings of one address are equal (RFC 5952). */
export function canonicalIpv6(address: string): string {
  return addressText(addressBytes(address));
}

/** The networks that this host's interfaces are in, as `10.1.1.0/24`'s bounds are given by an address in
 *  it: `10.1.1.2/24`. None of the loopback interface. */
export function hostNetworks(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.flatMap(({ cidr, internal }) => (internal || cidr === null ? [] : [cidr]));
}
