import { readFile } from 'node:fs/promises';
import { unmapped } from '../../../model/address-bytes.ts';

/** A socket of this network namespace, as procfs lists it. */
export interface ListedSocket {
  /** Its own address, in network order; IPv4 also where the socket is of IPv6. */
  readonly address: Uint8Array;
  readonly port: number;
  /** Two hexadecimal digits, as in {@link STATES}. */
  readonly state: string;
  /** What waits there: bytes to be read, or at a listener connections to be accepted. */
  readonly waiting: number;
  readonly inode: string;
}

/** Source: include/net/tcp_states.h; a UDP socket without a peer is TCP_CLOSE. */
export const STATES = {
  handshake: '03',
  timeWait: '06',
  unconnected: '07',
  listening: '0A',
} as const;

/** A line: `  0: 0100007F:0050 00000000:0000 0A 00000000:00000001 00:00000000 00000000 uid timeout
 *  inode`. Source: proc(5), Documentation/networking/proc_net_tcp.rst. */
const LINE =
  /^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ ([0-9A-F]{2}) [0-9A-F]+:([0-9A-F]+) \S+ \S+ +\d+ +\d+ (\d+)/gm;

/** The sockets with one of these ports.
 *  @param file   as in `/proc/net/tcp6`; nothing is listed where it cannot be read
 *  @param ports  default: all */
export async function listedSockets(
  file: string,
  ports?: ReadonlySet<number>,
): Promise<readonly ListedSocket[]> {
  const text = await readFile(file, 'latin1').catch(() => '');
  const sockets: ListedSocket[] = [];
  for (const line of text.matchAll(LINE)) {
    const [, address = '', hex = '', state = '', waiting = '', inode = ''] = line;
    const port = Number.parseInt(hex, 16);
    if (ports && !ports.has(port)) continue;
    sockets.push({
      ...{ address: unmapped(kernelBytes(address)), port, state, inode },
      waiting: Number.parseInt(waiting, 16),
    });
  }
  return sockets;
}

/** Whether that is what a socket for every address has. */
export function isEveryAddress(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/** Words of the host's byte order. */
function kernelBytes(hex: string): Uint8Array {
  const bytes = Buffer.from(hex, 'hex');
  for (let word = 0; word + 4 <= bytes.length; word += 4)
    bytes.subarray(word, word + 4).reverse();
  return bytes;
}
