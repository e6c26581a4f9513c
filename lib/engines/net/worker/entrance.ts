import type { Socket } from 'node:net';
import type { CarriedService } from '../protocol.ts';
import type { Line } from './desk.ts';
import type { Handle } from './duplicates.ts';
import type { Hosts } from './opening/hosts.ts';
import type { Opening } from './opening/opening.ts';
import type { RealServer } from './real-server.ts';

/** What the clients of one service come in by, in one worker. */
export interface Entrance {
  readonly isOpen: boolean;
  /** It is to stay open, though a new client could be sent nowhere: it has some who need it, or those who come
   *  would wait. */
  readonly isBusy: boolean;
  /** Opens what is not open yet; at another port than before, anew.
   *  @returns the error's code */
  open(service: CarriedService): Promise<string | undefined>;
  /** No new clients. Idempotent. */
  shut(): void;
  /** Of its listening sockets, those that could go on to another worker; undefined: none ever. */
  readonly descriptors?: readonly number[];
  /** Another worker's socket, with those who wait there: from the next {@link open} on it listens there too. It is
   *  closed with the entrance. */
  takeOver?(handle: Handle, port: number): void;
  /** From the next {@link open} on another worker listens there alone. */
  giveAway?(descriptor: number): void;
  /** The server has refused another worker's datagram. */
  refused?(server: RealServer): void;
}

/** The service behind an entrance. */
export interface Reception extends Line {
  /** Whether the client is one who begins with a PROXY header; undefined: nobody is. */
  readonly headed: ((client: Socket) => boolean) | undefined;
  /** For how long its end is waited for. */
  readonly headerTimeoutMs: number;
  /** Where the names lead that its clients ask for; undefined: nobody is asked for one. */
  readonly hosts: Hosts | undefined;
  /** Clients of whom the first bytes are still awaited. */
  readonly openings: Set<Opening>;
  /** A new client was served. */
  came(): void;
  /** The last of the clients that kept the entrance busy may be gone: it shuts where nobody who comes in could be
   *  served. */
  emptied(): void;
}
