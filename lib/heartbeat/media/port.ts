import { isIPv6 } from 'node:net';
import type { Medium } from '../config/ha-config.ts';
import { broadcastOf, type Devices, deviceOf } from './devices.ts';
import { LastingSocket } from './lasting-socket.ts';
import type { MediaEvents, Opened, Way } from './media.ts';

type PortMedium = Exclude<Medium, { kind: 'mcast' }>;

/** `bcast` and `ucast` of one family and port share a socket that hears whatever is sent to this host: the
 *  other node may be set up for the other kind.
 *  @param media  one or more, all of the same family and port */
export function openPort(
  media: readonly PortMedium[],
  events: MediaEvents,
  look: () => Devices,
): Opened {
  const [{ port } = { port: 0 }] = media;
  const isSix = media.some((medium) => isPeer(medium) && isIPv6(medium.peer));
  const names = media.map(({ device }) => device);
  const socket = new LastingSocket({
    family: isSix ? 'udp6' : 'udp4',
    address: isSix ? '::' : '0.0.0.0',
    port,
    prepare: (opened) => opened.setBroadcast(true),
    hear: (datagram, { address }) =>
      events.hear(datagram, linkOf(media, names, address, look), address),
    tell: (error) =>
      error
        ? events.log('error', `UDP port ${port}: ${error.message}`)
        : events.log('info', `UDP port ${port} is open again`),
  });
  return {
    ways: media.map((medium) => wayOf(medium, socket, look)),
    close: () => socket.close(),
  };
}

function wayOf(medium: PortMedium, socket: LastingSocket, look: () => Devices): Way {
  const { kind, device, port } = medium;
  const target = () => (isPeer(medium) ? medium.peer : broadcastOf(look(), device));
  return {
    name: isPeer(medium) ? `${kind} ${device} ${medium.peer}` : `${kind} ${device}`,
    send(datagram, done) {
      const to = target();
      if (to === undefined)
        done(new Error(`${device} has no IPv4 address with a network`));
      else socket.send(datagram, port, to, done);
    },
  };
}

/** The device of the medium whose peer it is; else that on whose network it is. */
function linkOf(
  media: readonly PortMedium[],
  names: readonly string[],
  address: string,
  look: () => Devices,
): string {
  const known = media.find((medium) => isPeer(medium) && medium.peer === address);
  if (known) return known.device;
  const [first = ''] = names;
  if (names.length === 1) return first;
  return deviceOf(look(), names, address) ?? first;
}

function isPeer(medium: PortMedium): medium is Extract<Medium, { kind: 'ucast' }> {
  return medium.kind === 'ucast';
}
