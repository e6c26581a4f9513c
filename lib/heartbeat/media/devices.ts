import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/** What of a network device counts here. */
export type Devices = Readonly<
  Record<string, readonly NetworkInterfaceInfo[] | undefined>
>;

/** This host's devices, with the addresses that they have now. */
export function hostDevices(): Devices {
  return networkInterfaces();
}

/** Where everybody on a device's network hears: made of address and netmask, for a device may have none that
 *  is configured. An address of its own (/32) has no network.
 *  @returns undefined: there is no such device, or it has no IPv4 address yet */
export function broadcastOf(devices: Devices, device: string): string | undefined {
  const own = inetOf(devices, device).find(({ netmask }) => bits(netmask) !== ALONE);
  if (!own) return undefined;
  return dotted((bits(own.address) | ~bits(own.netmask)) >>> 0);
}

/** A device's first IPv4 address; undefined: see {@link broadcastOf}. */
export function addressOf(devices: Devices, device: string): string | undefined {
  return inetOf(devices, device)[0]?.address;
}

/** On whose network an address is.
 *  @param names  of devices
 *  @returns undefined: on none of theirs */
export function deviceOf(
  devices: Devices,
  names: readonly string[],
  address: string,
): string | undefined {
  const wanted = bits(address);
  return names.find((name) =>
    inetOf(devices, name).some((own) => {
      const mask = bits(own.netmask);
      return mask !== ALONE && (bits(own.address) & mask) === (wanted & mask);
    }),
  );
}

const ALONE = 0xff_ff_ff_ff;

function inetOf(devices: Devices, device: string): readonly NetworkInterfaceInfo[] {
  return (devices[device] ?? []).filter(({ family }) => family === 'IPv4');
}

function bits(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) >>> 0;
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
