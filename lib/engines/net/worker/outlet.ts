import type { Socket } from 'node:net';
import { BULK } from './buffers.ts';
import type { Due, TurnEnd } from './turn-end.ts';

/** What surely fits into one TCP segment. Source: RFC 9293 section 3.7.1, less options. */
const ONE_SEGMENT = 500;

/** Hears that a side takes no more. */
export interface StallListener {
  stalled(): void;
}

/** One direction of a connection: what comes from one side goes out to the other, and is read no
 *  faster than that one takes it. Small chunks wait for the end of the turn, bulk goes at once. */
export class Outlet implements Due {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #turnEnd: TurnEnd;
  readonly #listener: StallListener;
  #waiting: Uint8Array | undefined;
  #fresh = false;
  #written = false;
  #noDelay = false;

  constructor(from: Socket, to: Socket, turnEnd: TurnEnd, listener: StallListener) {
    this.#from = from;
    this.#to = to;
    this.#turnEnd = turnEnd;
    this.#listener = listener;
  }

  /** Whether bytes may have come in this turn of the event loop; false: surely not. */
  get fresh(): boolean {
    return this.#fresh;
  }

  /** The bytes must stay as they are until they have gone out. */
  send(chunk: Uint8Array): void {
    if (this.#waiting) this.turnEnded();
    this.#fresh = true;
    if (chunk.length >= BULK) {
      this.#write(chunk);
      return;
    }
    this.#waiting = chunk;
    this.#turnEnd.add(this);
  }

  /** Passes a FIN on, behind what is queued.
   *  @param last  the other direction has ended too: nothing more is to come from that side */
  end(last: boolean): void {
    this.turnEnded();
    const to = this.#to;
    if (last && to.writableLength === 0)
      to.destroy(); // close() sends the FIN
    else to.end();
  }

  turnEnded(): void {
    const chunk = this.#waiting;
    this.#waiting = undefined;
    this.#fresh = false;
    if (chunk && !this.#to.destroyed) this.#write(chunk);
  }

  #write(chunk: Uint8Array): void {
    const to = this.#to;
    if (!this.#noDelay) this.#hurry(chunk.length);
    if (to.write(chunk) || to.writableLength === 0) return;
    const from = this.#from;
    from.pause();
    to.once('drain', () => from.resume());
    this.#listener.stalled();
  }

  /** Turns Nagle's algorithm off before it could hold anything back: it lets a first segment pass,
   *  and many connections send no second one. A system call saved each way. */
  #hurry(bytes: number): void {
    this.#noDelay = this.#written || bytes > ONE_SEGMENT;
    this.#written = true;
    if (this.#noDelay) this.#to.setNoDelay(true);
  }
}
