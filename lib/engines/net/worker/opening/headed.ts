import { BlockList, type Socket } from 'node:net';

/** Tells the clients who begin with a PROXY header by their addresses.
 *  @param networks  `10.0.0.0/8`, `2001:db8::1/128`; none: nobody does
 *  @returns         undefined: nobody */
export function headedBy(
  networks: readonly string[],
): ((client: Socket) => boolean) | undefined {
  if (networks.length === 0) return undefined;
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix = ''] = network.split('/');
    list.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return ({ remoteAddress, remoteFamily }) =>
    remoteAddress !== undefined &&
    list.check(remoteAddress, remoteFamily === 'IPv6' ? 'ipv6' : 'ipv4');
}
