import { isIP, isIPv4 } from 'node:net';
import { addressBytes, addressText } from '../../../model/address-bytes.ts';
import type { Resource } from '../../config/haresources.ts';

/** An address that goes with a group, as haresources has it. */
export interface ClusterAddress {
  readonly family: 'inet' | 'inet6';
  /** In its shortest form, as `ip` shows it. */
  readonly address: string;
  /** The length of its prefix. Undefined: that of the network it is in. */
  readonly bits: number | undefined;
  /** Undefined: where the route to it leads. */
  readonly device: string | undefined;
  /** `eth0:web`. */
  readonly label: string | undefined;
  readonly broadcast: string | undefined;
}

/** Heartbeat's scripts for addresses: these are built in. */
const SCRIPTS: ReadonlySet<string> = new Set(['IPaddr', 'IPaddr2', 'IPv6addr']);
/** IFNAMSIZ holds for labels too. */
const PLACE = /^(?=.{1,15}$)[^\s/:-][^\s/:]*(:[^\s/:]+)?$/;

export function isAddress({ script }: Resource): boolean {
  return SCRIPTS.has(script);
}

/** Reads `10.1.1.19`, `10.1.1.19/24/eth0:web/10.1.1.255`, `2001:db8::19/64/eth0`. The parts that follow the
 *  length may stand in any order, for a broadcast address and a device differ in form.
 *  @throws RangeError  what was expected
 *  Source: haresources(5) and its IPaddr, IPaddr2, IPv6addr. */
export function readAddress({ script, args }: Resource): ClusterAddress {
  // The separator of arguments is part of an IPv6 address too.
  const text = args.join('::');
  const [bare = '', length = '', ...rest] = text.split('/');
  const version = isIP(bare);
  if (version === 0 || bare.includes('%'))
    throw new RangeError(`${script}: "${bare}" is no address, as in 10.1.1.19/24/eth0`);
  if (script === 'IPv6addr' && version !== 6)
    throw new RangeError(`IPv6addr: "${bare}" is IPv4: IPaddr is for it`);
  const isV4 = version === 4;
  const broadcast = rest.find((part) => isIPv4(part));
  const place = rest.filter((part) => part !== '' && part !== broadcast);
  if (place.length > 1)
    throw new RangeError(
      `${script}: "${text}": expected ADDRESS/BITS/DEVICE/BROADCAST`,
    );
  const { device, label } = readPlace(place[0], script);
  return {
    family: isV4 ? 'inet' : 'inet6',
    address: addressText(addressBytes(bare)),
    bits: length === '' ? undefined : bitsOf(length, isV4 ? 32 : 128, script),
    device,
    label: isV4 ? label : undefined,
    broadcast: isV4 ? broadcast : undefined,
  };
}

/** `eth0` or `eth0:web`. */
function readPlace(
  text: string | undefined,
  script: string,
): Pick<ClusterAddress, 'device' | 'label'> {
  if (text === undefined) return { device: undefined, label: undefined };
  if (!PLACE.test(text))
    throw new RangeError(
      `${script}: "${text}" is no device, with or without a label, of 15 characters at most, as in eth0 or eth0:web`,
    );
  const [device = ''] = text.split(':');
  return { device, label: device === text ? undefined : text };
}

/** `24`, or for IPv4 `255.255.255.0`. */
function bitsOf(text: string, most: number, script: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= most) return Number(text);
  if (most === 32 && isIPv4(text)) {
    const mask = text
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'));
    const ones = /^(1*)0*$/.exec(mask.join(''))?.[1];
    if (ones !== undefined) return ones.length;
  }
  throw new RangeError(`${script}: "${text}" is no prefix length, 0 to ${most}`);
}
