import { readFile, writeFile } from 'node:fs/promises';
import type { Way } from './announcement-ways.ts';
import { hardwareAddress, ip } from './ip.ts';

/** A device that is given the address it has tells all that it has, where `arp_notify` and `ndisc_notify` say
 *  so: requests for ARP, no replies. It forgets its own neighbours then, and has to ask for them: hence once a
 *  second, not four times. Source: observed on Linux 6. */
export const kernelWay: Way = {
  name: 'kernel',
  turns: 5,
  everyMs: 1000,
  tell: ({ family, device }) =>
    inTurn(
      family === 'inet'
        ? `/proc/sys/net/ipv4/conf/${device}/arp_notify`
        : `/proc/sys/net/ipv6/conf/${device}/ndisc_notify`,
      (setting) => tellAll(device, setting),
    ),
};

/** By setting, those that have not begun: one of them does for all addresses of the device. */
const waiting = new Map<string, Promise<void>>();
let last: Promise<void> = Promise.resolve();

/** One at a time: two would take the other's setting for the host's own. */
function inTurn(
  setting: string,
  act: (setting: string) => Promise<void>,
): Promise<void> {
  const known = waiting.get(setting);
  if (known !== undefined) return known;
  const turn = last.then(() => {
    waiting.delete(setting);
    return act(setting);
  });
  waiting.set(setting, turn);
  last = turn.catch(() => {});
  return turn;
}

async function tellAll(device: string, setting: string): Promise<void> {
  // Several wait for it: it ends at its own time-out, not with one of them.
  const { signal } = new AbortController();
  const hardware = await hardwareAddress(device, signal);
  const before = (await readFile(setting, 'latin1')).trim();
  await writeFile(setting, '1');
  try {
    await ip(signal, 'link', 'set', 'dev', device, 'address', hardware);
  } finally {
    await writeFile(setting, before);
  }
}
