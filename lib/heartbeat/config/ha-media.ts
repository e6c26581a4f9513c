import { isIP } from 'node:net';
import type { HaDirective } from './ha-directive.ts';
import { whole } from './ha-values.ts';

/** An address that is none (10.1.1.300) ends with digits. */
const HOST_NAME = /^(?!-)[\w.-]*[A-Za-z][\w-]*\.?$/;
const port = whole(1, 65_535);

export const bcast: HaDirective = {
  syntax: 'DEVICE ...',
  word(draft, device) {
    draft.media.push({ kind: 'bcast', device, port: draft.udpport });
  },
};

/** Counts for the lines below it. */
export const udpport: HaDirective = {
  syntax: 'PORT',
  word(draft, word, notes) {
    const result = port(word);
    if (!('value' in result)) {
      notes.error(`"${word}": expected ${result.expected}`);
      return;
    }
    const earlier = draft.media.some((medium) => medium.kind !== 'mcast');
    if (earlier && result.value !== draft.udpport)
      notes.warn(
        'udpport counts for the media of later lines only: move it above bcast and ucast',
      );
    draft.udpport = result.value;
  },
};

export const ucast: HaDirective = {
  syntax: 'DEVICE PEER',
  words(draft, [device = '', peer = '', ...rest], notes, line) {
    const isAddress = isIP(peer) !== 0;
    if (rest.length > 0 || !(isAddress || HOST_NAME.test(peer))) {
      notes.error(
        'expected a device and the address or name of the other node: ucast eth0 10.1.1.22',
      );
      return;
    }
    const { udpport: port } = draft;
    const named = isAddress ? {} : { line };
    draft.media.push({ kind: 'ucast', device, peer, port, ...named });
  },
};

export const mcast: HaDirective = {
  syntax: 'DEVICE GROUP PORT TTL LOOP',
  words(draft, [device = '', group = '', ...numbers], notes) {
    const [where, ttl, loop] = [port, whole(0, 255), whole(0, 1)].map((read, n) =>
      read(numbers[n] ?? ''),
    );
    const isGroup = isIP(group) === 4 && /^2(2[4-9]|3\d)\./.test(group);
    const good =
      where && 'value' in where && ttl && 'value' in ttl && loop && 'value' in loop;
    if (!isGroup || !good || numbers.length > 3) {
      notes.error(
        'expected a device, a group, a port, a TTL and 0 or 1: mcast eth0 239.0.0.1 694 1 0',
      );
      return;
    }
    draft.media.push({
      kind: 'mcast',
      device,
      group,
      port: where.value,
      ttl: ttl.value,
      loop: loop.value === 1,
    });
  },
};
