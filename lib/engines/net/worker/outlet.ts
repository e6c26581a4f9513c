import type { Socket } from 'node:net';
import { BULK } from './buffers.ts';
import type { Due, TurnEnd } from './turn-end.ts';

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

  constructor(from: Socket, to: Socket, turnEnd: TurnEnd, listener: StallListener) {
    this.#from = from;
    this.#to = to;
    this.#turnEnd = turnEnd;
    this.#listener = listener;
  }

  /** The bytes must stay as they are until they have gone out. */
  send(chunk: Uint8Array): void {
    if (this.#waiting) this.turnEnded();
    if (chunk.length >= BULK) {
      this.#write(chunk);
      return;
    }
    this.#waiting = chunk;
    this.#turnEnd.add(this);
  }

  /** Passes a FIN on, behind what is queued.
   *  @param last  the other direction has ended before: nothing more is to come from that side */
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
    if (chunk && !this.#to.destroyed) this.#write(chunk);
  }

  #write(chunk: Uint8Array): void {
    const to = this.#to;
    if (to.write(chunk) || to.writableLength === 0) return;
    const from = this.#from;
    from.pause();
    to.once('drain', () => from.resume());
    this.#listener.stalled();
  }
}
