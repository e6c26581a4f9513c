import type { Socket } from 'node:net';
import { Networks } from '../../../../model/networks.ts';
import { addressOf } from '../desk.ts';

/** Tells the clients who begin with a PROXY header by their addresses.
 *  @param networks  `10.0.0.0/8`, `2001:db8::1`; none: nobody does
 *  @returns         undefined: nobody */
export function headedBy(
  networks: readonly string[],
): ((client: Socket) => boolean) | undefined {
  if (networks.length === 0) return undefined;
  const list = new Networks(networks);
  return (client) => list.has(addressOf(client));
}
