import type { Socket } from 'node:net';
import type { Ends } from '../../../model/proxy-header.ts';
import { EndsClient, type Line, type Tried } from './desk.ts';
import type { Ender } from './log/termination.ts';
import type { RealServer } from './real-server.ts';
import type { Booking } from './switchboard.ts';
import type { Timed } from './timer-wheel.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** So much of what a client sends is read while it waits. A socket that is not read from is not polled:
 *  neither an end nor a reset of it would be seen. */
const EARLY_BYTES = 16 * 1024;

/** What came from a client before a server was there for it. */
export interface Early {
  readonly chunks: readonly Buffer[];
}

/** Whose connection waits. */
export interface WaitingOwner {
  /** @param ahead  how many wait before it */
  queued(ahead: number): void;
  /** It has a place, and waits no more. */
  boarded(booking: Booking): void;
  /** It waited in vain, or its client has gone: it calls {@link Waiter.leave}. */
  reset(ender: Ender): void;
}

/** A connection in a queue. What its client sends meanwhile is kept, up to a bound. */
export class Waiter implements Timed, Early {
  deadline = 0;
  previous: Timed | undefined;
  next: Timed | undefined;
  slot = -1;
  readonly chunks: Buffer[] = [];
  /** Its ticket's: who came before has a lower one. */
  number = 0;
  /** The full server that it could not be booked at; undefined: any will do. */
  wants: RealServer | undefined;
  readonly #owner: WaitingOwner;
  readonly #client: Socket;
  readonly #peer: EndsClient;
  #line: Line | undefined;
  #tried: Tried = [];
  /** Where it waits. */
  #room: WaitingRoom | undefined;
  #bytes = 0;

  /** @param ends  whose connection it is */
  constructor(owner: WaitingOwner, client: Socket, ends: Ends) {
    this.#owner = owner;
    this.#client = client;
    this.#peer = new EndsClient(ends);
    client.on('end', () => this.#clientEnded());
  }

  /** @param isBehind  others wait there already
   *  @returns whether it waits, or has got a place at once: not where waiting cannot help, nor where the
   *    queue is full */
  enter(room: WaitingRoom, line: Line, tried: Tried, isBehind: boolean): boolean {
    this.#line = line;
    this.#tried = tried;
    if (!isBehind && !line.switchboard.isFull(this.#peer, tried)) return false;
    const ahead = room.admit(this);
    if (ahead === undefined) return false;
    this.#room = room;
    if (this.#bytes < EARLY_BYTES) this.#client.on('readable', this.#readable);
    this.#owner.queued(ahead);
    // A place may have become free since it was looked for.
    if (ahead === 0) room.serve();
    return true;
  }

  /** It waits no more. Idempotent. */
  leave(): void {
    const room = this.#room;
    if (!room) return;
    this.#room = undefined;
    this.wants = undefined;
    this.#client.off('readable', this.#readable);
    room.leave(this);
  }

  /** Takes a place, if there is one. */
  board(): boolean {
    const booking = this.#line?.switchboard.book(this.#peer, this.#tried);
    if (!booking) return false;
    this.leave();
    this.#owner.boarded(booking);
    return true;
  }

  /** The full server that it is held to; undefined: any will do. */
  heldTo(): RealServer | undefined {
    return this.#line?.switchboard.heldTo(this.#peer, this.#tried);
  }

  /** Servers are left out for it, as they did not take it. */
  get hasTried(): boolean {
    return this.#tried.length > 0;
  }

  /** Its time is over. */
  expire(): void {
    this.#line?.switchboard.record.tally('expired');
    this.refuse('server-silent');
  }

  refuse(ender: Ender): void {
    this.#line?.switchboard.record.count('refused');
    this.#owner.reset(ender);
  }

  readonly #readable = () => {
    const chunk: Buffer | null = this.#client.read();
    if (chunk === null) return;
    this.chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= EARLY_BYTES) this.#client.off('readable', this.#readable);
  };

  /** One that has sent nothing wants nothing any more. */
  #clientEnded(): void {
    if (this.#room && (this.#room.abortsOnClose || this.#bytes === 0))
      this.#owner.reset('client');
  }
}
