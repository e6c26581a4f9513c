import { writeFile } from 'node:fs/promises';
import { failureOf, runProgram } from '../program.ts';
import type { ClusterAddress } from './address-words.ts';

/** An address that a device of this host has. */
export interface PresentAddress {
  readonly address: string;
  readonly bits: number;
  readonly device: string;
  readonly isLoopback: boolean;
}

/** Where an address belongs. */
export interface Place {
  readonly device: string;
  readonly bits: number;
}

/** Longer than `ip` ever takes; a kernel that is stuck must not keep the node from its other groups. */
const IP_MS = 10_000;

/** All addresses of this host. */
export async function presentAddresses(
  signal: AbortSignal,
): Promise<readonly PresentAddress[]> {
  const links: readonly LinkJson[] = JSON.parse(
    await ip(signal, '-json', 'address', 'show'),
  );
  // Of a link that vanishes meanwhile `ip` writes an empty object.
  return links.flatMap(({ ifname: device, flags = [], addr_info = [] }) =>
    device === undefined
      ? []
      : addr_info.flatMap(({ local, prefixlen = 0 }) =>
          local === undefined
            ? []
            : [
                {
                  address: local,
                  bits: prefixlen,
                  device,
                  isLoopback: flags.includes('LOOPBACK'),
                },
              ],
        ),
  );
}

/** The MAC address of a device. */
export async function hardwareAddress(
  device: string,
  signal: AbortSignal,
): Promise<string> {
  const shown = await ip(signal, '-json', 'link', 'show', 'dev', device);
  const [link]: readonly { readonly address?: string }[] = JSON.parse(shown);
  if (link?.address === undefined) throw new Error(`${device} has no hardware address`);
  return link.address;
}

/** By the routes of this host: the network that the address is in, the narrowest; for an address whose length is
 *  given also the default route's device, as Heartbeat's findif has it.
 *  @throws Error  how to say it in haresources */
export async function placeOf(
  { family, address, bits, device }: ClusterAddress,
  signal: AbortSignal,
): Promise<Place> {
  if (device !== undefined && bits !== undefined) return { device, bits };
  const most = family === 'inet' ? 32 : 128;
  const listed = await ip(
    signal,
    '-json',
    `-${family === 'inet' ? 4 : 6}`,
    'route',
    'list',
    'match',
    address,
  );
  const routes = (JSON.parse(listed || '[]') as readonly RouteJson[]).filter(
    ({ dev }) => device === undefined || dev === device,
  );
  const networks = routes
    .filter(({ dst, gateway }) => dst !== 'default' && gateway === undefined)
    .map(({ dst = '', dev = '' }) => ({ device: dev, bits: lengthOf(dst, most) }))
    .toSorted((one, other) => other.bits - one.bits);
  const [network] = networks;
  if (network) return { device: network.device, bits: bits ?? network.bits };
  const outwards = routes.find(({ dst, dev }) => dst === 'default' && dev);
  if (bits !== undefined && outwards?.dev) return { device: outwards.dev, bits };
  if (device !== undefined) return { device, bits: most };
  throw new Error(
    `no device of this host is in the network of ${address}: name one in haresources, as in ${address}/${most === 32 ? 24 : 64}/eth0`,
  );
}

/** @throws Error  when such an address is there already, too */
export async function addAddress(
  { family, address, label, broadcast }: ClusterAddress,
  { device, bits }: Place,
  signal: AbortSignal,
): Promise<void> {
  const words = [`${address}/${bits}`];
  if (family === 'inet') {
    if (broadcast !== undefined) words.push('broadcast', broadcast);
    else if (bits < 31) words.push('broadcast', '+');
    if (label !== undefined) words.push('label', label);
  }
  // It is taken over: it must not wait for an answer to whether another one has it.
  else words.push('nodad');
  await ip(signal, 'address', 'add', ...words, 'dev', device);
}

/** Other addresses of its network stay. */
export async function deleteAddress(
  { address, bits, device }: Omit<PresentAddress, 'isLoopback'>,
  signal: AbortSignal,
): Promise<void> {
  if (!address.includes(':')) await keepOthers(device);
  await ip(signal, 'address', 'delete', `${address}/${bits}`, 'dev', device);
}

/** @throws Error  what `ip` said */
export async function ip(
  signal: AbortSignal,
  ...words: readonly string[]
): Promise<string> {
  const end = await runProgram('ip', words, {
    ms: IP_MS,
    signal,
    env: { LC_ALL: 'C' },
  });
  const failure = failureOf(end);
  if (failure !== undefined) throw new Error(`ip ${words.join(' ')}: ${failure}`);
  return end.stdout;
}

/** With the first address of a network the kernel takes all others of it from the device, unless it is told
 *  to promote one of them. */
async function keepOthers(device: string): Promise<void> {
  const path = `/proc/sys/net/ipv4/conf/${device}/promote_secondaries`;
  await writeFile(path, '1').catch(() => {}); // Best effort: /proc may be read-only.
}

interface LinkJson {
  readonly ifname?: string;
  readonly flags?: readonly string[];
  readonly addr_info?: readonly {
    readonly local?: string;
    readonly prefixlen?: number;
  }[];
}

interface RouteJson {
  readonly dst?: string;
  readonly dev?: string;
  readonly gateway?: string;
}

/** A route to one host has no length. */
function lengthOf(dst: string, most: number): number {
  const [, length = most] = dst.split('/');
  return Number(length);
}
