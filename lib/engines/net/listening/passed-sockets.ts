import { readFile, readlink } from 'node:fs/promises';
import { endpoint } from '../../../model/address.ts';
import { addressText } from '../../../model/address-bytes.ts';
import type { PassedSocket } from '../../../model/passed-socket.ts';
import { type ListedSocket, listedSockets, STATES } from './listed-sockets.ts';

/** What these descriptors of this process are. */
export interface Inspection {
  readonly sockets: readonly PassedSocket[];
  /** Those that this engine cannot listen on, and what they are. */
  readonly useless: readonly { readonly descriptor: number; readonly what: string }[];
}

/** Looks it up in procfs, since Node can ask a socket nothing that it has not adopted.
 *  @param proc  where that is mounted */
export async function inspectPassed(
  descriptors: readonly number[],
  proc = '/proc',
): Promise<Inspection> {
  const sockets: PassedSocket[] = [];
  const useless: { descriptor: number; what: string }[] = [];
  const listed = descriptors.length > 0 ? await listing(proc) : undefined;
  for (const descriptor of descriptors) {
    const inode = await inodeOf(`${proc}/self/fd/${descriptor}`);
    const found = listed?.tcp.get(inode ?? '');
    if (found)
      sockets.push({
        descriptor,
        address: addressText(found.address),
        port: found.port,
      });
    else
      useless.push({
        descriptor,
        what: listed?.others.get(inode ?? '') ?? unknown(inode),
      });
  }
  return { sockets, useless };
}

function unknown(inode: string | undefined): string {
  return inode === undefined
    ? 'no socket'
    : 'a socket that does not listen in this network namespace';
}

/** What procfs has, by inode. */
interface Listing {
  readonly tcp: ReadonlyMap<string, ListedSocket>;
  /** In words. */
  readonly others: ReadonlyMap<string, string>;
}

async function listing(proc: string): Promise<Listing> {
  const [tcp, udp] = await Promise.all([
    listed(proc, 'tcp', STATES.listening),
    listed(proc, 'udp', STATES.unconnected),
  ]);
  const others = new Map(await unixSockets(`${proc}/net/unix`));
  for (const { inode, address, port } of udp)
    others.set(inode, `a socket for UDP (${endpoint(addressText(address), port)})`);
  return { tcp: new Map(tcp.map((one) => [one.inode, one])), others };
}

async function listed(
  proc: string,
  protocol: 'tcp' | 'udp',
  wanted: string,
): Promise<readonly ListedSocket[]> {
  const files = [`${proc}/net/${protocol}`, `${proc}/net/${protocol}6`];
  const all = await Promise.all(files.map((file) => listedSockets(file)));
  return all.flat().filter(({ state }) => state === wanted);
}

/** A line: `Num: RefCount Protocol Flags Type St Inode Path`; one that nobody names has no path. Source:
 *  proc(5). */
const UNIX_LINE = /^[0-9a-f]+: (?:\S+ ){5} *(\d+)(?: (.*))?$/gm;

async function unixSockets(
  file: string,
): Promise<readonly (readonly [string, string])[]> {
  const text = await readFile(file, 'latin1').catch(() => '');
  return [...text.matchAll(UNIX_LINE)].map(([, inode = '', path = 'no name']) => [
    inode,
    `a Unix socket (${path})`,
  ]);
}

async function inodeOf(link: string): Promise<string | undefined> {
  const target = await readlink(link).catch(() => '');
  return /^socket:\[(\d+)\]$/.exec(target)?.[1];
}
