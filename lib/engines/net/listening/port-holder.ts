import { readdir, readFile, readlink } from 'node:fs/promises';
import { addressBytes, addressText } from '../../../model/address-bytes.ts';
import { isEveryAddress, listedSockets, STATES } from './listed-sockets.ts';

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

/** Of a socket that clients reach. */
const REACHED = { tcp: STATES.listening, udp: STATES.unconnected } as const;

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
    const socket = await reached(path, place, REACHED[protocol]);
    if (socket)
      return { address: socket.address, ...(await owner(socket.inode, proc)) };
  }
  return undefined;
}

async function reached(
  file: string,
  place: Place,
  wanted: string,
): Promise<{ address: string; inode: string } | undefined> {
  const own = addressBytes(place.address);
  for (const found of await listedSockets(file, new Set([place.port]))) {
    const { address, state, inode } = found;
    if (state !== wanted) continue;
    if (isEveryAddress(address)) return { address: '*', inode };
    if (meets(address, own)) return { address: addressText(address), inode };
  }
  return undefined;
}

function meets(found: Uint8Array, wanted: Uint8Array): boolean {
  return isEveryAddress(wanted)
    ? found.length === wanted.length
    : Buffer.compare(found, wanted) === 0;
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
