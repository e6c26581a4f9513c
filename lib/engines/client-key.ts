import { isIP } from 'node:net';
import { addressBytes, addressText } from '../model/address-bytes.ts';

/** Makes one text of a client's address, equal for clients that persist together. */
export type ClientKey = (address: Uint8Array) => string;

/** With a netmask the part under it: a dotted mask for IPv4, a prefix length for IPv6. Bits of a
 *  dotted mask are taken as they are, as the kernel does with a mask that has holes. */
export function clientKey(netmask: string | undefined): ClientKey {
  const mask = netmask === undefined ? undefined : maskBytes(netmask);
  return (address) => {
    let key = '';
    for (let i = 0; i < address.length; i++)
      key += String.fromCharCode((address[i] ?? 0) & (mask?.[i] ?? 255));
    return key;
  };
}

/** The key of a client that is asked for by its address, or by what {@link clientName} made of it;
 *  undefined: that is no address. */
export function askedKey(client: string, key: ClientKey): string | undefined {
  const [address = ''] = client.split('/');
  return isIP(address) === 0 ? undefined : key(addressBytes(address));
}

/** A key as operators see it: an address, or where the mask leaves some of it out a network,
 *  `192.0.2.0/24`. */
export function clientName(key: string, netmask: string | undefined): string {
  const address = addressText(Uint8Array.from(key, (char) => char.charCodeAt(0)));
  if (netmask === undefined) return address;
  const bits = [...maskBytes(netmask)]
    .map((byte) => byte.toString(2).padStart(8, '0'))
    .join('');
  const length = bits.indexOf('0');
  if (length < 0) return address;
  return `${address}/${bits.includes('1', length) ? netmask : length}`;
}

function maskBytes(netmask: string): Uint8Array {
  if (netmask.includes('.')) return addressBytes(netmask);
  const prefix = Number(netmask);
  return Uint8Array.from({ length: 16 }, (_, index) => {
    const bits = Math.min(8, Math.max(0, prefix - index * 8));
    return (0xff00 >> bits) & 255;
  });
}
