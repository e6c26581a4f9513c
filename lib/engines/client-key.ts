import { addressBytes } from '../model/address-bytes.ts';

/** What a client is known by under persistence: its address under the netmask. */
export type ClientKey = (address: Uint8Array) => string;

/** @param netmask dotted for IPv4, prefix length for IPv6; undefined: the whole address.
 *    Octets are taken as they are, as the kernel does with a mask that has holes. */
export function clientKey(netmask: string | undefined): ClientKey {
  const mask = netmask === undefined ? undefined : maskBytes(netmask);
  return (address) => {
    let key = '';
    for (let i = 0; i < address.length; i++)
      key += String.fromCharCode((address[i] ?? 0) & (mask?.[i] ?? 255));
    return key;
  };
}

function maskBytes(netmask: string): Uint8Array {
  if (netmask.includes('.')) return addressBytes(netmask);
  const prefix = Number(netmask);
  return Uint8Array.from({ length: 16 }, (_, index) => {
    const bits = Math.min(8, Math.max(0, prefix - index * 8));
    return (0xff00 >> bits) & 255;
  });
}
