import { connect, type Socket } from 'node:net';
import type { Ends } from '../../../model/proxy-header.ts';
import { announced } from './announced.ts';
import type { Outgoing } from './batch.ts';
import { ReadBuffer } from './buffers.ts';
import { type Desk, EndsClient, type Line, type Tried } from './desk.ts';
import {
  type DialFailure,
  dialFailure,
  serverFailure,
  strangeSource,
  tellDialFailure,
} from './dial-failure.ts';
import { tellFailure } from './failure-tally.ts';
import { UNCOUNTED } from './gate.ts';
import type { Ender } from './log/termination.ts';
import { Trace } from './log/trace.ts';
import { writeLine } from './log/write-line.ts';
import type { Member } from './members.ts';
import type { Opened } from './opening/opening.ts';
import type { OwnTurn } from './own-addresses.ts';
import type { RealServer } from './real-server.ts';
import { resetSocket, wasReset } from './reset-socket.ts';
import { connectionSight, type Sight, type State, tenths } from './sight.ts';
import { Splice, type SpliceOwner } from './splice.ts';
import type { Booking } from './switchboard.ts';
import type { Timed } from './timer-wheel.ts';
import { Waiter, type WaitingOwner } from './waiter.ts';
import type { WaitingRoom } from './waiting-room.ts';

const NONE: Tried = [];

/** One client's connection: picks a server, dials it, and splices the two together. The client's
 *  socket is paused until the server's is connected, so that nothing is lost when another
 *  server must be tried. */
export class Connection implements Timed, Member, Outgoing, SpliceOwner, WaitingOwner {
  deadline = 0;
  previous: Timed | undefined;
  next: Timed | undefined;
  slot = -1;
  place = -1;
  serial = 0;
  began = 0;
  readonly #line: Line;
  readonly #desk: Desk;
  readonly #client: Socket;
  /** Whose it is: what its header said, else the client's socket. */
  readonly #ends: Ends;
  readonly #buffer: ReadBuffer;
  readonly #ticket: number;
  #server: Socket | undefined;
  #splice: Splice | undefined;
  #booking: Booking | undefined;
  #tried = NONE;
  /** Once there was no place for it. */
  #waiter: Waiter | undefined;
  /** For the log, where it has a line. */
  #trace: Trace | undefined;
  #state: State = 'dialling';
  /** Which of our addresses it is dialled from; undefined: the kernel chooses. */
  #own: OwnTurn | undefined;
  /** Sockets whose 'close' is still to come. */
  #sockets = 1;

  /** Takes the socket over, and leaves the admission when all is closed. Dials with the
   *  batch.
   *  @param ticket  of its service's gate
   *  @param opened  what was learnt from its first bytes, where these were read */
  constructor(line: Line, desk: Desk, client: Socket, ticket: number, opened?: Opened) {
    this.#line = line;
    this.#desk = desk;
    this.#client = client;
    this.#ticket = ticket;
    this.#ends = opened?.ends ?? client;
    this.#buffer = new ReadBuffer(desk.buffers);
    if (line.logged !== 'none') this.#trace = opened?.trace ?? new Trace(client);
    client.on('error', () => this.reset('client'));
    client.on('close', this.#closed);
    desk.batch.add(this);
  }

  goOut(): void {
    if (this.#state === 'dialling') this.#dial();
  }

  /** Ends both sides at once with a RST. What was read before goes out first; what a side does
   *  not take is lost. */
  reset(ender: Ender): void {
    if (this.#state === 'ended') return;
    const dialling = this.#state === 'dialling';
    if (ender === 'server' && this.#line.tellsFailures) this.#tellEarlyReset();
    this.#splice?.flush();
    this.#trace?.blame(ender);
    this.#release();
    this.#log();
    resetSocket(this.#client);
    if (dialling) this.#server?.destroy();
    else if (this.#server) resetSocket(this.#server);
  }

  retire(): void {
    this.#splice?.retire();
  }

  seen(): Sight | undefined {
    const { began } = this;
    const at = this.#booking?.server;
    const going = { service: this.#line.id, at, state: this.#state, began };
    return connectionSight(going, this.#ends, this.#client, this.#server);
  }

  queued(ahead: number): void {
    this.#trace?.waits(ahead);
  }

  boarded(booking: Booking): void {
    this.#trace?.called();
    this.#state = 'dialling';
    this.#dialAt(booking);
  }

  halfClosed(): void {
    this.#state = 'half-closed';
    if (this.#booking) this.#line.switchboard.halfClosed(this.#booking);
  }

  /** The dial has taken too long. */
  expire(): void {
    const ms = this.#line.timeouts.connectTimeoutMs;
    const given = this.#server;
    const reason = `connect timed out after ${ms} ms`;
    this.#dialFailed(serverFailure(reason, 'server-silent'));
    given?.destroy();
  }

  /** @param before  why the last server did not take it */
  #dial(before?: DialFailure): void {
    const { switchboard, room } = this.#line;
    const isBehind = before === undefined && room?.goesFirst() === true;
    const client = new EndsClient(this.#ends);
    const booking = isBehind ? undefined : switchboard.book(client, this.#tried);
    if (booking) {
      this.#dialAt(booking);
    } else if (!room || !this.#wait(room, isBehind)) {
      switchboard.record.count('refused');
      this.reset(before?.ender ?? 'server');
    }
  }

  /** @returns whether it may help, and there is room for one more */
  #wait(room: WaitingRoom, isBehind: boolean): boolean {
    this.#state = 'waiting';
    this.#waiter ??= new Waiter(this, this.#client, this.#ends);
    return this.#waiter.enter(room, this.#line, this.#tried, isBehind);
  }

  #dialAt(booking: Booking): void {
    const { switchboard, timeouts } = this.#line;
    const { server } = booking;
    this.#booking = booking;
    if (this.#tried.length > 0) switchboard.record.count('retries');
    this.#trace?.dialled(server);
    server.connections.add(this);
    this.#desk.wheel.add(this, timeouts.connectTimeoutMs);
    if (this.#tried === NONE) this.began = tenths(this.#desk.wheel);
    if (server.problem !== undefined) {
      this.#dialFailed(serverFailure(server.problem));
      return;
    }
    this.#own = this.#line.ownAddresses?.next();
    this.#connect(server);
  }

  #connect({ address: host, port }: RealServer): void {
    this.#sockets++;
    const onread = { buffer: this.#buffer.next, callback: this.#fromServer };
    const localAddress = this.#own?.address(host);
    const socket = connect({ host, port, localAddress, allowHalfOpen: true, onread });
    this.#server = socket;
    socket.on('connect', this.#connected);
    socket.on('close', this.#closed);
    socket.on('error', (error) => this.#serverFailed(socket, error));
  }

  /** @returns that it wants more; whoever takes no more pauses the socket */
  #fromServer = (bytes: number, buffer: Uint8Array): boolean => {
    this.#splice?.fromServer(bytes, buffer);
    return true;
  };

  #serverFailed(socket: Socket, error: NodeJS.ErrnoException): void {
    if (socket !== this.#server) return; // an earlier dial that was given up
    if (this.#state !== 'dialling') this.reset('server');
    else if (!this.#dialFromAnother(error)) this.#dialFailed(dialFailure(error));
  }

  /** @returns false: it was not the address's fault, or there is no other one */
  #dialFromAnother(error: NodeJS.ErrnoException): boolean {
    const server = this.#booking?.server;
    if (!server || dialFailure(error).blame) return false;
    if (!this.#own?.failed(server.address)) return false;
    tellDialFailure(this.#line, this.#desk, server, strangeSource(error));
    this.#connect(server);
    return true;
  }

  /** Tries the next server with this one left out, until none is left. */
  #dialFailed(failure: DialFailure): void {
    const booking = this.#booking;
    if (!booking) return;
    tellDialFailure(this.#line, this.#desk, booking.server, failure);
    this.#unbook(booking);
    this.#server = undefined;
    this.#tried = [...this.#tried, booking.server];
    this.#dial(failure);
    // Not before: its place is its own as long as it has a server left to try.
    this.#line.room?.freed();
  }

  #connected = () => {
    const server = this.#server;
    const real = this.#booking?.server;
    if (!server || !real || this.#state !== 'dialling') return;
    this.#state = 'open';
    this.#trace?.connected();
    real.record.connected();
    this.#desk.wheel.remove(this);
    const [client, buffer, early] = [this.#client, this.#buffer, this.#waiter];
    const header = announced(this.#line, client, this.#ends);
    const splicing = { client, server, real, buffer, header, early };
    this.#splice = new Splice(this.#line, this.#desk, this, splicing);
    // Read from before, it may have ended before anybody listened.
    if (client.readableEnded) this.#endedBefore(this.#splice);
  };

  #endedBefore(splice: Splice): void {
    if (wasReset(this.#client)) this.reset('client');
    else splice.clientEnded();
  }

  #closed = () => {
    if (--this.#sockets > 0) return;
    this.#release();
    this.#log();
    if (this.#client.writableLength === 0) this.#buffer.release();
    this.#desk.admission.leave();
    if (this.#ticket !== UNCOUNTED) this.#desk.counting.sources.leave(this.#ticket);
  };

  /** Where the client has ended its direction, a reset may be what it gets for that. */
  #tellEarlyReset(): void {
    const real = this.#booking?.server;
    if (!real || this.#state !== 'open' || this.#server?.bytesRead !== 0) return;
    tellFailure(real, this.#desk, 'reset before the first byte of an answer');
  }

  /** Once, while it still counts among the connections. */
  #log(): void {
    const trace = this.#trace;
    if (!trace) return;
    this.#trace = undefined;
    const bytesIn = this.#client.bytesRead;
    const bytesOut = this.#server?.bytesRead ?? 0;
    writeLine(this.#line, this.#desk, trace, { bytesIn, bytesOut });
  }

  #release(): void {
    const booking = this.#booking;
    if (booking) this.#unbook(booking);
    this.#waiter?.leave();
    this.#state = 'ended';
    if (booking) this.#line.room?.freed();
  }

  #unbook(booking: Booking): void {
    this.#desk.wheel.remove(this);
    this.#splice?.close();
    booking.server.connections.delete(this);
    this.#line.switchboard.release(booking, this.#state === 'half-closed');
    this.#booking = undefined;
  }
}
