import { connect, type Socket } from 'node:net';
import { freeChunk, ReadBuffer } from './buffers.ts';
import { type Desk, type Line, SocketClient, type Tried } from './desk.ts';
import { type DialFailure, dialFailure, tellDialFailure } from './dial-failure.ts';
import type { Member } from './members.ts';
import { endedByReset, resetSocket, wasReset } from './reset-socket.ts';
import type { Booking } from './switchboard.ts';
import type { Timed } from './timer-wheel.ts';

const NONE: Tried = [];
/** Most connections are over before this; the others pay for keepalive. */
const KEEPALIVE_AFTER_MS = 60_000;
/** How often a side that is not read from, since the other takes nothing, is asked if it lives. */
const PROBE_MS = 1000;

type State = 'dialling' | 'open' | 'half-closed' | 'ended';

/** One client's connection: picks a server, dials it, and passes bytes, ends and resets both ways.
 *  The client's socket is paused until the server's is connected, so that nothing is lost
 *  when another server must be tried. */
export class Connection implements Timed, Member {
  deadline = 0;
  previous: Timed | undefined;
  next: Timed | undefined;
  slot = -1;
  place = -1;
  readonly #line: Line;
  readonly #desk: Desk;
  readonly #client: Socket;
  #server: Socket | undefined;
  #booking: Booking | undefined;
  #tried = NONE;
  #state: State = 'dialling';
  /** When bytes last came, on the wheel's clock. */
  #touched = 0;
  readonly #buffer: ReadBuffer;
  /** Sockets whose 'close' is still to come. */
  #sockets = 1;
  /** The wheel's next visit is for {@link PROBE_MS}. */
  #probing = false;

  /** Takes the socket over, and leaves the admission when all is closed. */
  constructor(line: Line, desk: Desk, client: Socket) {
    this.#line = line;
    this.#desk = desk;
    this.#client = client;
    this.#buffer = new ReadBuffer(desk.buffers);
    client.on('error', () => this.reset());
    client.on('close', this.#closed);
    this.#dial();
  }

  /** Ends both sides at once with a RST, whatever is queued. */
  reset(): void {
    if (this.#state === 'ended') return;
    const dialling = this.#state === 'dialling';
    this.#release();
    resetSocket(this.#client);
    if (dialling) this.#server?.destroy();
    else if (this.#server) resetSocket(this.#server);
  }

  expire(): void {
    if (this.#state === 'dialling') this.#dialTimedOut();
    else if (this.#state !== 'ended') this.#checkIdle();
  }

  #dial(): void {
    const { switchboard, timeouts } = this.#line;
    this.#booking = switchboard.book(new SocketClient(this.#client), this.#tried);
    if (!this.#booking) {
      switchboard.record.count('refused');
      this.reset();
      return;
    }
    const { server } = this.#booking;
    if (this.#tried.length > 0) switchboard.record.count('retries');
    server.connections.add(this);
    this.#desk.wheel.add(this, timeouts.connectTimeoutMs);
    if (server.problem !== undefined) {
      this.#dialFailed({ blame: true, reason: server.problem });
      return;
    }
    this.#sockets++;
    this.#server = this.#connect(server.address, server.port);
  }

  #connect(host: string, port: number): Socket {
    const onread = { buffer: this.#buffer.next, callback: this.#fromServer };
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true, onread });
    socket.on('connect', this.#connected);
    socket.on('close', this.#closed);
    socket.on('error', (error) => this.#serverFailed(socket, error));
    return socket;
  }

  #serverFailed(socket: Socket, error: NodeJS.ErrnoException): void {
    if (socket !== this.#server) return; // an earlier dial that was given up
    if (this.#state === 'dialling') this.#dialFailed(dialFailure(error));
    else this.reset();
  }

  #dialTimedOut(): void {
    const ms = this.#line.timeouts.connectTimeoutMs;
    const given = this.#server;
    this.#dialFailed({ blame: true, reason: `connect timed out after ${ms} ms` });
    given?.destroy();
  }

  /** Tries the next server with this one left out, until none is left. */
  #dialFailed(failure: DialFailure): void {
    const booking = this.#booking;
    if (!booking) return;
    tellDialFailure(this.#line, this.#desk, booking.server, failure);
    this.#unbook(booking);
    this.#server = undefined;
    this.#tried = [...this.#tried, booking.server];
    this.#dial();
  }

  #connected = () => {
    const server = this.#server;
    if (!server || this.#state !== 'dialling') return;
    this.#state = 'open';
    this.#touch();
    this.#booking?.server.record.connected();
    this.#desk.wheel.move(this, Math.min(this.#patience, KEEPALIVE_AFTER_MS));
    server.on('end', () => this.#serverEnded(server));
    server.on('drain', () => this.#client.resume());
    const client = this.#client;
    client.on('data', this.#fromClient);
    client.on('end', () => this.#clientEnded(server));
    client.on('drain', () => server.resume());
    client.resume();
  };

  #fromClient = (chunk: Buffer) => {
    this.#touch();
    this.#booking?.server.record.received(chunk.length);
    const server = this.#server;
    if (!server) return;
    const ready = server.write(chunk);
    if (server.writableLength === 0) freeChunk(chunk);
    else if (!ready) {
      this.#client.pause();
      this.#stalled();
    }
  };

  /** @returns false to read no more until the client's 'drain' */
  #fromServer = (bytes: number, buffer: Uint8Array): boolean => {
    this.#touch();
    this.#booking?.server.record.sent(bytes);
    const chunk = this.#buffer.chunk(bytes, buffer);
    if (this.#client.write(chunk) || this.#client.writableLength === 0) return true;
    this.#stalled();
    return false;
  };

  #serverEnded(server: Socket): void {
    if (this.#state === 'open' && endedByReset(server)) this.reset();
    else this.#passEnd(this.#client);
  }

  #clientEnded(server: Socket): void {
    if (wasReset(this.#client)) this.reset();
    else this.#passEnd(server);
  }

  /** One side has sent its FIN: the other one gets it behind what is queued. */
  #passEnd(other: Socket): void {
    if (this.#state === 'open') {
      this.#state = 'half-closed';
      this.#touch();
      if (this.#booking) this.#line.switchboard.halfClosed(this.#booking);
      const { halfClosedTimeoutMs } = this.#line.timeouts;
      this.#desk.wheel.move(this, Math.min(halfClosedTimeoutMs, KEEPALIVE_AFTER_MS));
      other.end();
    } else if (other.writableLength > 0) other.end();
    else other.destroy(); // both directions are done: close() sends the FIN
  }

  #checkIdle(): void {
    const left = this.#touched + this.#patience - this.#desk.wheel.now;
    if (left <= 0) {
      this.#giveUp();
      return;
    }
    this.#client.setKeepAlive(true, KEEPALIVE_AFTER_MS);
    this.#server?.setKeepAlive(true, KEEPALIVE_AFTER_MS);
    this.#probing = this.#probe();
    if (!this.#booking) return;
    this.#desk.wheel.add(this, this.#probing ? Math.min(left, PROBE_MS) : left);
  }

  /** A side that has had our FIN may still be taking what the kernel holds for it: closed, it
   *  gets that; a RST would take it back. */
  #giveUp(): void {
    for (const side of [this.#client, this.#server])
      if (side?.writableFinished) side.destroy();
    this.reset();
  }

  /** A side is not read from until the other one takes what is queued. Its RST would go unseen
   *  meanwhile, as nobody polls it. */
  #stalled(): void {
    if (this.#probing || this.#state === 'ended') return;
    this.#probing = true;
    this.#desk.wheel.move(this, PROBE_MS);
  }

  /** @returns whether a side is stalled */
  #probe(): boolean {
    const server = this.#server;
    if (!server) return false;
    const stalled = this.#queued;
    if (stalled && (wasReset(this.#client) || wasReset(server))) this.reset();
    return stalled;
  }

  /** Bytes wait for a side to take them. */
  get #queued(): boolean {
    return this.#client.writableLength > 0 || (this.#server?.writableLength ?? 0) > 0;
  }

  get #patience(): number {
    const { idleTimeoutMs, halfClosedTimeoutMs } = this.#line.timeouts;
    const brief = this.#state === 'half-closed' && !this.#queued;
    return brief ? halfClosedTimeoutMs : idleTimeoutMs;
  }

  #touch(): void {
    this.#touched = this.#desk.wheel.now;
  }

  #closed = () => {
    if (--this.#sockets > 0) return;
    this.#release();
    if (this.#client.writableLength === 0) this.#buffer.release();
    this.#desk.admission.leave();
  };

  #release(): void {
    const booking = this.#booking;
    if (booking) this.#unbook(booking);
    this.#state = 'ended';
  }

  #unbook(booking: Booking): void {
    this.#desk.wheel.remove(this);
    booking.server.connections.delete(this);
    this.#line.switchboard.release(booking, this.#state === 'half-closed');
    this.#booking = undefined;
  }
}
