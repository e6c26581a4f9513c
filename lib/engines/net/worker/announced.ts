import { type Ends, proxyHeader } from '../../../model/proxy-header.ts';
import type { Line } from './desk.ts';

/** What a real server is told of the client, before all that this one says; undefined: nothing.
 *  @param client  the socket
 *  @param ends    whose connection it is: the socket's, or what its own header said */
export function announced(
  { sendProxy, askedPort }: Line,
  client: Ends,
  ends: Ends,
): Buffer | undefined {
  if (!sendProxy) return undefined;
  const { remoteAddress, remotePort, localAddress } = ends;
  const localPort = ends === client ? askedPort : ends.localPort;
  return proxyHeader(sendProxy, { remoteAddress, remotePort, localAddress, localPort });
}
