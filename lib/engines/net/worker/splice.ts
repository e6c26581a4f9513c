import type { Socket } from 'node:net';
import type { Outgoing } from './batch.ts';
import { BULK, type ReadBuffer } from './buffers.ts';
import type { Desk, Line } from './desk.ts';
import { endOfLife } from './lifetime.ts';
import type { Ender } from './log/termination.ts';
import { Outlet, type StallListener } from './outlet.ts';
import type { RealServer } from './real-server.ts';
import { endedByReset, wasReset } from './reset-socket.ts';
import { sinceMs, type Tenths } from './sight.ts';
import type { Timed } from './timer-wheel.ts';
import type { Early } from './waiter.ts';

/** How often a side that is not read from, since the other takes nothing, is asked if it lives. */
const PROBE_MS = 1000;
/** How many batches a first end waits for the second. Where both come together, as they do where a
 *  server closes behind its answer, close() sends the FINs and no shutdown() is needed. */
const END_BATCHES = 2;
/** So long without a byte, and a connection is taken to be in the middle of nothing. */
const QUIET_MS = 1000;

/** Whose connection is spliced. */
export interface SpliceOwner {
  readonly client: Socket;
  /** What the server's socket reads into. */
  readonly buffer: ReadBuffer;
  /** One of the two directions has ended. */
  halfClosed(): void;
  /** Ends both sides with a RST, and closes the splice. */
  reset(ender: Ender): void;
}

/** Two open sockets: passes bytes and ends both ways, and watches over the times. */
export class Splice implements Timed, Outgoing, StallListener {
  deadline = 0;
  previous: Timed | undefined;
  next: Timed | undefined;
  slot = -1;
  readonly #line: Line;
  readonly #desk: Desk;
  readonly #owner: SpliceOwner;
  readonly #server: Socket;
  readonly #real: RealServer;
  readonly #toServer: Outlet;
  readonly #toClient: Outlet;
  #halfClosed = false;
  /** Has to pass an end on, in so many batches from now. */
  #ending: Outlet | undefined;
  #batchesLeft = 0;
  #closed = false;
  /** The client has sent something, be it an end, and the server has not since. */
  #awaitsServer = false;
  /** When bytes last came, on the wheel's clock. */
  #touched: number;
  /** When it is too old, on the wheel's clock. */
  readonly #endsAt: Tenths;
  /** The wheel's next visit is for {@link PROBE_MS}. */
  #probing = false;

  /** Reads from the client from the next turn on. */
  constructor(
    line: Line,
    desk: Desk,
    owner: SpliceOwner,
    server: Socket,
    real: RealServer,
  ) {
    const { client } = owner;
    const { now } = desk.wheel;
    this.#line = line;
    this.#desk = desk;
    this.#owner = owner;
    this.#server = server;
    this.#real = real;
    this.#toServer = new Outlet(client, server, desk.batch, this);
    this.#toClient = new Outlet(server, client, desk.batch, this);
    this.#touched = now;
    this.#endsAt = endOfLife(line.timeouts, now);
    const { keepaliveMs } = line.timeouts;
    desk.wheel.add(this, this.#until(Math.min(this.#patience, keepaliveMs), now));
    server.on('end', () => this.#serverEnded());
    client.on('end', () => this.clientEnded());
    client.on('data', (chunk: Buffer) => this.#fromClient(chunk));
    client.resume();
  }

  /** Before all that the client says: what the server is to be told of it. */
  introduce(header: Buffer): void {
    this.#toServer.send(header);
  }

  /** Before what the client says from now on: what it sent while it waited. */
  catchUp({ chunks }: Early): void {
    for (const chunk of chunks) this.#fromClient(chunk);
  }

  /** Watches no more. The sockets are the owner's. */
  close(): void {
    this.#closed = true;
    this.#desk.wheel.remove(this);
  }

  /** A batch has passed without the second end. */
  goOut(): void {
    const outlet = this.#ending;
    if (!outlet || this.#closed) return;
    if (--this.#batchesLeft > 0) this.#desk.batch.add(this);
    else this.#passFirstEnd(outlet);
  }

  /** Sends what waits for the batch: a reset may come right behind the last words. */
  flush(): void {
    this.#toServer.goOut();
    this.#toClient.goOut();
  }

  /** Its end has been read. */
  clientEnded(): void {
    if (this.#toServer.fresh && wasReset(this.#client)) this.#owner.reset('client');
    else this.#passEnd(this.#toServer);
  }

  /** What was read into the buffer. */
  fromServer(bytes: number, buffer: Uint8Array): void {
    this.#touch();
    this.#awaitsServer = false;
    this.#real.record.sent(bytes);
    const chunk = this.#owner.buffer.chunk(bytes, buffer);
    if (bytes >= BULK) this.#toClient.sendNow(chunk);
    else this.#toClient.send(chunk);
  }

  /** Ends it though nobody asked for that. Where nothing goes on, both sides get a FIN, as from a peer
   *  that closes; in the middle of something a RST, as a FIN would look like its proper end. */
  retire(): void {
    const isQuiet = this.#desk.wheel.now - this.#touched >= QUIET_MS && !this.#queued;
    if (isQuiet) for (const side of [this.#client, this.#server]) side.destroy();
    this.#line.switchboard.record.tally('retired');
    this.#owner.reset('retired');
  }

  expire(): void {
    const { now } = this.#desk.wheel;
    if (sinceMs(this.#endsAt, now) >= 0) {
      this.retire();
      return;
    }
    const left = this.#touched + this.#patience - now;
    if (left <= 0) {
      this.#giveUp();
      return;
    }
    this.#keepAlive();
    this.#probing = this.#queued;
    if (this.#probing && wasReset(this.#client)) this.#owner.reset('client');
    else if (this.#probing && wasReset(this.#server)) this.#owner.reset('server');
    else
      this.#desk.wheel.add(
        this,
        this.#until(this.#probing ? Math.min(left, PROBE_MS) : left, now),
      );
  }

  /** A side is not read from until the other one takes what is queued. Its RST would go unseen
   *  meanwhile, as nobody polls it. */
  stalled(): void {
    if (this.#probing) return;
    this.#probing = true;
    this.#desk.wheel.move(this, PROBE_MS);
  }

  #fromClient(chunk: Buffer): void {
    this.#touch();
    this.#awaitsServer = true;
    this.#real.record.received(chunk.length);
    this.#toServer.send(chunk);
  }

  #serverEnded(): void {
    if (!this.#halfClosed && this.#toClient.fresh && endedByReset(this.#server))
      this.#owner.reset('server');
    else this.#passEnd(this.#toClient);
  }

  /** One side has sent its FIN: the other one gets it behind what is queued. */
  #passEnd(outlet: Outlet): void {
    const first = this.#ending;
    this.#ending = undefined;
    if (first) first.end(true);
    if (first || this.#halfClosed) {
      outlet.end(true);
      return;
    }
    this.#ending = outlet;
    this.#batchesLeft = END_BATCHES;
    this.#desk.batch.add(this);
  }

  #passFirstEnd(outlet: Outlet): void {
    this.#ending = undefined;
    this.#halfClosed = true;
    this.#awaitsServer = outlet === this.#toServer;
    this.#touch();
    this.#owner.halfClosed();
    const { halfClosedTimeoutMs, keepaliveMs } = this.#line.timeouts;
    const next = Math.min(halfClosedTimeoutMs, keepaliveMs);
    this.#desk.wheel.move(this, this.#until(next, this.#touched));
    outlet.end(false);
  }

  /** A side that has had our FIN may still be taking what the kernel holds for it: closed, it
   *  gets that; a RST would take it back. */
  #giveUp(): void {
    const ender = this.#silent;
    for (const side of [this.#client, this.#server])
      if (side.writableFinished) side.destroy();
    this.#owner.reset(ender);
  }

  /** Not before the first visit: most connections are over then, and do not pay for it. */
  #keepAlive(): void {
    const { keepaliveMs } = this.#line.timeouts;
    if (keepaliveMs === Infinity) return;
    this.#client.setKeepAlive(true, keepaliveMs);
    this.#server.setKeepAlive(true, keepaliveMs);
  }

  get #client(): Socket {
    return this.#owner.client;
  }

  /** That time, or what is left of its life. */
  #until(ms: number, now: number): number {
    return Math.min(ms, -sinceMs(this.#endsAt, now));
  }

  /** Bytes wait for a side to take them. */
  get #queued(): boolean {
    return this.#client.writableLength > 0 || this.#server.writableLength > 0;
  }

  /** Whose turn it was: that of who does not take what is queued, else of who was spoken to. */
  get #silent(): Ender {
    if (this.#client.writableLength > 0) return 'client-silent';
    const isServer = this.#awaitsServer || this.#server.writableLength > 0;
    return isServer ? 'server-silent' : 'client-silent';
  }

  get #patience(): number {
    const { idleTimeoutMs, halfClosedTimeoutMs } = this.#line.timeouts;
    const brief = this.#halfClosed && !this.#queued;
    return brief ? halfClosedTimeoutMs : idleTimeoutMs;
  }

  #touch(): void {
    this.#touched = this.#desk.wheel.now;
  }
}
