import { endpoint } from '../../../../model/address.ts';
import type { NoticeKind } from '../../protocol.ts';
import type { RealServer } from '../real-server.ts';

/** What an error of a socket to a server means: the server cannot be reached, this host cannot make
 *  the socket, or only one datagram is lost. */
export type UdpFailure =
  | { readonly whose: 'server'; readonly reason: string }
  | { readonly whose: 'ours'; readonly notice: NoticeKind }
  | { readonly whose: 'datagram' };

/** ICMP's words for it, and those of the routing table and neighbours. Source: udp(7), icmp(7). */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'EACCES',
  'EPERM',
]);

const OURS: Readonly<Record<string, NoticeKind>> = {
  EMFILE: 'full',
  ENFILE: 'full',
  EADDRINUSE: 'source-ports',
  EADDRNOTAVAIL: 'source-ports',
};

/** @param connected false: the socket never led to the server, and never will */
export function udpFailure(
  { code = '' }: NodeJS.ErrnoException,
  { address, port }: Pick<RealServer, 'address' | 'port'>,
  connected: boolean,
): UdpFailure {
  const notice = OURS[code];
  if (notice) return { whose: 'ours', notice };
  if (connected && !UNREACHABLE.has(code)) return { whose: 'datagram' };
  return { whose: 'server', reason: `udp ${code} ${endpoint(address, port)}` };
}
