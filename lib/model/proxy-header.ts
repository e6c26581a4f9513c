import { isIPv6 } from 'node:net';
import { addressBytes, unmapped } from './address-bytes.ts';

/** Of the PROXY protocol. */
export type ProxyVersion = 'v1' | 'v2';

/** Both ends of a connection as the one that was called sees them, in the words of Node's sockets, which
 *  are such. Addresses are numeric, without brackets; undefined where a socket has lost its peer. */
export interface Ends {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
}

/** What every header of version 2 begins with. */
export const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
/** Version 2 in the high half; the command in the low one. */
export const LOCAL = 0x20;
export const PROXY = 0x21;
/** Family and transport: TCP over IPv4, and over IPv6. */
export const TCP4 = 0x11;
export const TCP6 = 0x21;

/** The header that tells whose connection it is: what is sent before all else to one who expects it.
 *  Of two families both are written as IPv6. Source: HAProxy's proxy-protocol.txt, 2.1 and 2.2.
 *  @param ends  undefined, or without an address: a connection of our own, `UNKNOWN` in version 1, `LOCAL`
 *               in version 2 */
export function proxyHeader(version: ProxyVersion, ends?: Ends): Buffer {
  const source = ends?.remoteAddress;
  const destination = ends?.localAddress;
  if (!source || !destination) return version === 'v1' ? UNKNOWN : OWN;
  const ports = [ends?.remotePort ?? 0, ends?.localPort ?? 0] as const;
  return version === 'v1'
    ? textHeader(source, destination, ports)
    : binaryHeader(source, destination, ports);
}

const UNKNOWN = Buffer.from('PROXY UNKNOWN\r\n', 'latin1');
const OWN = Buffer.concat([SIGNATURE, Buffer.of(LOCAL, 0, 0, 0)]);

type Ports = readonly [number, number];

function textHeader(source: string, destination: string, ports: Ports): Buffer {
  const [from, to] = [numeric(source), numeric(destination)];
  const four = !isIPv6(from) && !isIPv6(to);
  const words = four ? ['TCP4', from, to] : ['TCP6', sixText(from), sixText(to)];
  return Buffer.from(`PROXY ${words.join(' ')} ${ports.join(' ')}\r\n`, 'latin1');
}

function binaryHeader(source: string, destination: string, ports: Ports): Buffer {
  const ends = [source, destination].map((end) => unmapped(addressBytes(end)));
  const four = ends.every((bytes) => bytes.length === 4);
  const addresses = four ? ends : ends.map(sixBytes);
  const head = Buffer.of(PROXY, four ? TCP4 : TCP6, 0, four ? 12 : 36);
  const tail = Buffer.alloc(4);
  tail.writeUInt16BE(ports[0], 0);
  tail.writeUInt16BE(ports[1], 2);
  return Buffer.concat([SIGNATURE, head, ...addresses, tail]);
}

const MAPPED = '::ffff:';

/** Without a zone, which means nothing on another host; IPv4 as such. */
function numeric(address: string): string {
  const [bare = ''] = address.split('%');
  return bare.startsWith(MAPPED) && bare.includes('.')
    ? bare.slice(MAPPED.length)
    : bare;
}

function sixText(address: string): string {
  return isIPv6(address) ? address : MAPPED + address;
}

function sixBytes(bytes: Uint8Array): Uint8Array {
  return bytes.length === 16
    ? bytes
    : Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...bytes);
}
