import { readdir, readlink } from 'node:fs/promises';
import { addressBytes } from '../../../model/address-bytes.ts';
import { isEveryAddress, listedSockets, STATES } from './listed-sockets.ts';
import type { Place } from './problem.ts';

/** Those of the places that the process listens on, and nobody else need be asked about: it lets go of
 *  them when this director is at work, and both have SO_REUSEPORT.
 *  @param proc  where procfs is mounted */
export async function heldBy(
  pid: number,
  places: readonly Place[],
  proc: string,
): Promise<ReadonlySet<string>> {
  const own = await sockets(`${proc}/${pid}/fd`);
  const ports = new Set(places.map(({ port }) => port));
  const held = new Set<string>();
  for (const protocol of ['tcp', 'udp'] as const) {
    const state = protocol === 'tcp' ? STATES.listening : STATES.unconnected;
    const files = [protocol, `${protocol}6`].map((name) => `${proc}/net/${name}`);
    const listed = (
      await Promise.all(files.map((f) => listedSockets(f, ports)))
    ).flat();
    const theirs = listed.filter((one) => one.state === state && own.has(one.inode));
    for (const place of places) {
      const wanted = addressBytes(place.address);
      const found = theirs.some(
        ({ port, address }) =>
          port === place.port &&
          (isEveryAddress(wanted) || Buffer.compare(address, wanted) === 0),
      );
      if (place.protocol === protocol && found) held.add(place.id);
    }
  }
  return held;
}

/** Inodes of the sockets that are open there. */
async function sockets(folder: string): Promise<ReadonlySet<string>> {
  const names = await readdir(folder).catch(() => []);
  const links = await Promise.all(
    names.map((name) => readlink(`${folder}/${name}`).catch(() => '')),
  );
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}
