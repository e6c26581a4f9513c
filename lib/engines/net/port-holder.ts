import { readdir, readFile, readlink } from 'node:fs/promises';
import { addressBytes, unmapped } from '../../model/address-bytes.ts';
import { canonicalIpv6 } from '../host-addresses.ts';

/** A process that listens where the service should. */
export interface PortHolder {
  /** Undefined when its descriptors cannot be read, as another user's. */
  readonly pid?: number;
  readonly name?: string;
  /** As listed, IPv6 in its shortest form; `*` for every address. */
  readonly address: string;
}

interface Place {
  /** Default tcp. */
  readonly protocol?: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
}

/** The state of a socket that clients reach. Source: include/net/tcp_states.h; a UDP socket
 *  without a peer is TCP_CLOSE. */
const STATE = { tcp: '0A', udp: '07' } as const;

/** Who holds the port at the address, or at all addresses, or, where the service wants all of
 *  them, at any; undefined when nobody does (any more).
 *  @param proc where procfs is mounted */
export async function portHolder(
  place: Place,
  proc: string,
): Promise<PortHolder | undefined> {
  const { protocol = 'tcp' } = place;
  const files = place.address.includes(':')
    ? [`${protocol}6`]
    : [protocol, `${protocol}6`];
  for (const file of files) {
    const path = `${proc}/net/${file}`;
    const socket = await listeningSocket(path, place, STATE[protocol]);
    if (socket)
      return { address: socket.address, ...(await owner(socket.inode, proc)) };
  }
  return undefined;
}

/** A line: `  0: 0100007F:0050 00000000:0000 0A ... uid timeout inode`; addresses in words of the
 *  host's byte order. Source: proc(5), Documentation/networking/proc_net_tcp.rst. */
async function listeningSocket(
  file: string,
  place: Place,
  wanted: string,
): Promise<{ address: string; inode: string } | undefined> {
  const text = await readFile(file, 'latin1').catch(() => '');
  for (const line of text.split('\n')) {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const [hex = '', port = ''] = local.split(':');
    if (state !== wanted || Number.parseInt(port, 16) !== place.port) continue;
    const bytes = kernelBytes(hex);
    if (isEvery(bytes)) return { address: '*', inode };
    const found = unmapped(bytes);
    if (meets(found, addressBytes(place.address)))
      return { address: written(found), inode };
  }
  return undefined;
}

function isEvery(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function meets(found: Uint8Array, wanted: Uint8Array): boolean {
  return isEvery(wanted)
    ? found.length === wanted.length
    : Buffer.compare(found, wanted) === 0;
}

function written(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Buffer.from(bytes).toString('hex').match(/.{4}/g) ?? [];
  return canonicalIpv6(groups.join(':'));
}

function kernelBytes(hex: string): Uint8Array {
  const bytes = Buffer.from(hex, 'hex');
  for (let word = 0; word + 4 <= bytes.length; word += 4)
    bytes.subarray(word, word + 4).reverse();
  return bytes;
}

async function owner(
  inode: string,
  proc: string,
): Promise<{ pid: number; name: string } | undefined> {
  const entries = await readdir(proc).catch(() => []);
  for (const pid of entries.filter((entry) => /^\d+$/.test(entry))) {
    if (!(await holds(`${proc}/${pid}/fd`, `socket:[${inode}]`))) continue;
    const name = await readFile(`${proc}/${pid}/comm`, 'utf8').catch(() => '');
    return { pid: Number(pid), name: name.trim() };
  }
  return undefined;
}

async function holds(folder: string, target: string): Promise<boolean> {
  const descriptors = await readdir(folder).catch(() => []);
  for (const descriptor of descriptors) {
    const link = await readlink(`${folder}/${descriptor}`).catch(() => '');
    if (link === target) return true;
  }
  return false;
}
