import type { Socket } from 'node:dgram';
import type { Medium } from '../config/ha-config.ts';
import { addressOf, type Devices } from './devices.ts';
import { LastingSocket } from './lasting-socket.ts';
import type { MediaEvents, Opened } from './media.ts';

/** `mcast`: a socket of its own, bound to the group, so that it hears nothing else. */
export function openGroup(
  medium: Extract<Medium, { kind: 'mcast' }>,
  events: MediaEvents,
  look: () => Devices,
): Opened {
  const { device, group, port } = medium;
  const name = `mcast ${device} ${group}`;
  const socket = new LastingSocket({
    family: 'udp4',
    address: group,
    port,
    prepare: (opened) => join(opened, medium, look()),
    hear: (datagram, { address }) => events.hear(datagram, device, address),
    tell: (error) =>
      error
        ? events.log('error', `${name}: ${error.message}`)
        : events.log('info', `${name} is open again`),
  });
  return {
    ways: [
      {
        name,
        send: (datagram, done) =>
          socket.send(datagram, port, group, (error) => {
            // The device may have been replaced, and then the group was left.
            if (error) socket.renew();
            done(error);
          }),
      },
    ],
    close: () => socket.close(),
  };
}

function join(
  socket: Socket,
  { device, group, ttl, loop }: Extract<Medium, { kind: 'mcast' }>,
  devices: Devices,
): void {
  const own = addressOf(devices, device);
  if (own === undefined) throw new Error(`${device} has no IPv4 address`);
  socket.addMembership(group, own);
  socket.setMulticastInterface(own);
  socket.setMulticastTTL(ttl);
  socket.setMulticastLoopback(loop);
}
