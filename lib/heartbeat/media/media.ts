import { isIPv6 } from 'node:net';
import { grouped } from '../../model/grouped.ts';
import type { Medium } from '../config/ha-config.ts';
import { type Devices, hostDevices } from './devices.ts';
import { openGroup } from './group.ts';
import { openPort } from './port.ts';

/** A way by which datagrams go out. */
export interface Way {
  /** As ha.cf has it: `bcast eth0`. */
  readonly name: string;
  /** @param done  told of an error, once for each datagram */
  send(datagram: Buffer, done: (error: Error | null) => void): void;
}

export interface MediaEvents {
  /** A datagram of anybody.
   *  @param link  the device by which it came, or by which its sender is reached
   *  @param from  its sender's address */
  hear(datagram: Buffer, link: string, from: string): void;
  log(level: 'info' | 'error', text: string): void;
}

/** What is opened: ways out, and who ends them. */
export interface Opened {
  readonly ways: readonly Way[];
  close(): void;
}

/** Every medium of ha.cf: a datagram goes out by all of them, and what comes by any of them is heard. What
 *  fails is told once until it works again; a socket that dies is opened anew. */
export class Media {
  readonly #opened: readonly Opened[];
  readonly #events: MediaEvents;
  readonly #failing = new Set<Way>();

  /** @param look  finds this host's devices */
  constructor(
    media: readonly Medium[],
    events: MediaEvents,
    look: () => Devices = hostDevices,
  ) {
    this.#events = events;
    const groups = media.filter((medium) => medium.kind === 'mcast');
    const others = media.filter((medium) => medium.kind !== 'mcast');
    const ports = grouped(others, (medium) => {
      const isSix = medium.kind === 'ucast' && isIPv6(medium.peer);
      return `${isSix ? 'udp6' : 'udp4'} ${medium.port}`;
    });
    this.#opened = [
      ...[...ports.values()].map((sharing) => openPort(sharing, events, look)),
      ...groups.map((group) => openGroup(group, events, look)),
    ];
  }

  send(datagram: Buffer): void {
    for (const { ways } of this.#opened)
      for (const way of ways) way.send(datagram, (error) => this.#sent(way, error));
  }

  close(): void {
    for (const opened of this.#opened) opened.close();
  }

  #sent(way: Way, error: Error | null): void {
    if (error && !this.#failing.has(way)) {
      this.#failing.add(way);
      this.#events.log('error', `${way.name}: nothing goes out: ${error.message}`);
    } else if (!error && this.#failing.delete(way))
      this.#events.log('info', `${way.name}: goes out again`);
  }
}
