import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import type { Family } from '../../../../model/address.ts';

/** Addresses are numbers here: without that Node would have each datagram wait for a turn of the
 *  event loop, as for a name. */
const numeric = (
  address: string,
  _options: unknown,
  done: (error: null, address: string, family: number) => void,
) => done(null, address, 0);

/** A UDP socket whose bind, connect and sends are done, or have failed, when they return. */
export function datagramSocket(
  family: Family,
  options: Partial<SocketOptions> = {},
): Socket {
  const type = family === 'inet6' ? 'udp6' : 'udp4';
  return createSocket({ ...options, type, lookup: numeric });
}

/** Whether it takes one more datagram; where not, that one is lost, as in any full queue. The kernel
 *  takes all at once, but where a network card cannot follow.
 *  @param bytes what may wait in this process before one more is too much */
export function hasRoom(
  socket: Pick<Socket, 'getSendQueueSize'>,
  bytes: number,
): boolean {
  return socket.getSendQueueSize() <= bytes;
}
