import { networkInterfaces } from 'node:os';
import { resourcesNamed } from '../../config/haresources.ts';
import { isAddress, readAddress } from './address-words.ts';
import { deleteAddress } from './ip.ts';

/** Removes the addresses of haresources that are on this host, which the other node may have by now. It is for the
 *  first moment of a start, so it asks nobody: of devices without a carrier the system does not tell here, and what
 *  fails is not said, for {@link Resources.dropStray} looks again and tells.
 *  @param text  of haresources, good or bad
 *  @returns  what is gone, in words */
export async function dropLeftAddresses(text: string): Promise<readonly string[]> {
  const named = new Set(resourcesNamed(text).filter(isAddress).flatMap(addressOf));
  const { signal } = new AbortController();
  const dropped: string[] = [];
  for (const { address, bits, device } of present().filter((one) =>
    named.has(one.address),
  ))
    try {
      await deleteAddress({ address, bits, device }, signal);
      dropped.push(`${address} was on ${device}, left by an earlier run: it is gone`);
    } catch {
      // Told by whoever looks again.
    }
  return dropped;
}

function addressOf(resource: Parameters<typeof readAddress>[0]): readonly string[] {
  try {
    return [readAddress(resource).address];
  } catch {
    return []; // Told when the files are checked.
  }
}

function present() {
  return Object.entries(networkInterfaces()).flatMap(([name, infos = []]) =>
    infos
      .filter(({ internal }) => !internal)
      .map(({ address, cidr }) => ({
        address,
        bits: Number(cidr?.split('/')[1]),
        // With a label it is `eth0:web`.
        device: name.split(':')[0] ?? name,
      })),
  );
}
