import type { Socket } from 'node:net';
import type { Batch, Outgoing } from './batch.ts';
import { BULK, freeChunk } from './buffers.ts';

/** What surely fits into one TCP segment. Source: RFC 9293 section 3.7.1, less options. */
const ONE_SEGMENT = 500;
/** More than this is not gathered but sent: with what a socket's high-water mark lets queue, one
 *  more read, and one that comes as reading stops, a stalled side holds 384 KB.
 *  Each doubling saves an upload a twentieth (measured from 64 KB on). */
const GATHERED = 192 * 1024;
/** In the place of a turn: nothing is known of the turn, as the side is not read from. */
const STALLED = -2;

/** Hears that a side takes no more. */
export interface StallListener {
  stalled(): void;
}

/** One direction of a connection: what comes from one side goes out to the other with the batch,
 *  and is read no faster than that one takes it. */
export class Outlet implements Outgoing {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #batch: Batch;
  readonly #listener: StallListener;
  /** Gathered; mostly it is one chunk. */
  #first: Buffer | undefined;
  #more: Buffer[] | undefined;
  #bytes = 0;
  #freshIn = -1;
  #written = false;
  #noDelay = false;

  constructor(from: Socket, to: Socket, batch: Batch, listener: StallListener) {
    this.#from = from;
    this.#to = to;
    this.#batch = batch;
    this.#listener = listener;
  }

  /** Whether bytes may have come in this turn of the event loop; false: surely not. */
  get fresh(): boolean {
    return this.#freshIn === this.#batch.turn || this.#freshIn === STALLED;
  }

  /** Takes the chunk over; if large, it is freed when it has gone out. */
  send(chunk: Buffer): void {
    this.#freshIn = this.#batch.turn;
    this.#bytes += chunk.length;
    if (!this.#first) {
      this.#first = chunk;
      this.#batch.add(this);
    } else if (this.#more) this.#more.push(chunk);
    else this.#more = [chunk];
    if (this.#bytes > GATHERED) this.goOut();
  }

  /** What need not wait for the batch. The bytes must stay as they are until they have gone out. */
  sendNow(chunk: Uint8Array): void {
    this.goOut();
    this.#freshIn = this.#batch.turn;
    this.#write(chunk);
  }

  /** Passes a FIN on, behind what is queued.
   *  @param last  the other direction has ended too: nothing more is to come from that side */
  end(last: boolean): void {
    this.goOut();
    const to = this.#to;
    if (last && to.writableLength === 0)
      to.destroy(); // close() sends the FIN
    else to.end();
  }

  goOut(): void {
    const first = this.#first;
    if (!first) return;
    const chunks = this.#more ? [first, ...this.#more] : undefined;
    const bytes = this.#bytes;
    this.#first = undefined;
    this.#more = undefined;
    this.#bytes = 0;
    const to = this.#to;
    if (to.destroyed) return;
    if (!chunks) this.#write(first);
    else if (bytes < BULK) this.#write(Buffer.concat(chunks, bytes));
    else this.#writeAll(chunks, bytes);
    if (bytes < BULK || to.writableLength > 0) return;
    for (const chunk of chunks ?? [first]) freeChunk(chunk);
  }

  #write(chunk: Uint8Array): void {
    this.#hurry(chunk.length);
    const wantsMore = this.#to.write(chunk);
    if (!wantsMore) this.#stall();
  }

  /** In one system call. */
  #writeAll(chunks: readonly Buffer[], bytes: number): void {
    const to = this.#to;
    this.#hurry(bytes);
    let wantsMore = true;
    to.cork();
    for (const chunk of chunks) wantsMore = to.write(chunk);
    to.uncork();
    if (!wantsMore) this.#stall();
  }

  /** Reads no more until all that is queued has been taken. */
  #stall(): void {
    if (this.#to.writableLength === 0) return;
    this.#freshIn = STALLED;
    const from = this.#from;
    from.pause();
    this.#to.once('drain', () => from.resume());
    this.#listener.stalled();
  }

  /** Turns Nagle's algorithm off before it could hold anything back: it lets a first segment pass,
   *  and many connections send no second one. A system call saved each way. */
  #hurry(bytes: number): void {
    if (this.#noDelay) return;
    this.#noDelay = this.#written || bytes > ONE_SEGMENT;
    this.#written = true;
    if (this.#noDelay) this.#to.setNoDelay(true);
  }
}
