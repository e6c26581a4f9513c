import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import type { Ends } from '../../../model/proxy-header.ts';
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
import type { Ender } from './log/termination.ts';
import { Trace } from './log/trace.ts';
import type { Member } from './members.ts';
import type { Opened } from './opening/opening.ts';
import type { OwnTurn } from './own-addresses.ts';
import type { RealServer } from './real-server.ts';
import { type Sight, type State, tenths } from './sight.ts';
import type { Splice } from './splice.ts';
import type { Booking } from './switchboard.ts';
import type { Timed } from './timer-wheel.ts';
import { Waiter, type WaitingOwner } from './waiter.ts';
import type { WaitingRoom } from './waiting-room.ts';

const NONE: Tried = [];

/** A connection on its way to a server: picks one, dials it, tries another where it is not taken, and waits
 *  where all are full. What becomes of it then is up to its heir, which is the same object: a connection
 *  costs no other. The client's socket is paused until the server's is connected, so that nothing is lost
 *  when another server must be tried. */
export abstract class Dialling implements Timed, Member, Outgoing, WaitingOwner {
  deadline = 0;
  previous: Timed | undefined;
  next: Timed | undefined;
  slot = -1;
  place = -1;
  serial = 0;
  began = 0;
  protected readonly line: Line;
  protected readonly desk: Desk;
  readonly client: Socket;
  /** Whose it is: what its header said, else the client's socket. */
  protected readonly ends: Ends;
  /** What the server's socket reads into. */
  readonly buffer: ReadBuffer;
  protected server: Socket | undefined;
  protected splice: Splice | undefined;
  protected booking: Booking | undefined;
  #tried = NONE;
  /** Once there was no place for it. */
  protected waiter: Waiter | undefined;
  /** For the log, where it has a line. */
  protected trace: Trace | undefined;
  protected state: State = 'dialling';
  /** Which of our addresses it is dialled from; undefined: the kernel chooses. */
  #own: OwnTurn | undefined;
  /** Sockets whose 'close' is still to come. */
  protected sockets = 1;

  constructor(line: Line, desk: Desk, client: Socket, opened?: Opened) {
    this.line = line;
    this.desk = desk;
    this.client = client;
    this.ends = opened?.ends ?? client;
    this.buffer = new ReadBuffer(desk.buffers);
    if (line.logged !== 'none') this.trace = opened?.trace ?? new Trace(client);
  }

  abstract reset(ender: Ender): void;
  abstract retire(): void;
  abstract seen(): Sight | undefined;
  /** Of the server's socket. */
  protected abstract connected(): void;
  /** Of each socket. */
  protected abstract readonly closed: () => void;

  goOut(): void {
    if (this.state === 'dialling') this.#dial();
  }

  queued(ahead: number): void {
    this.trace?.waits(ahead);
  }

  boarded(booking: Booking): void {
    this.trace?.called();
    this.state = 'dialling';
    this.#dialAt(booking);
  }

  /** The dial has taken too long. */
  expire(): void {
    const ms = this.line.timeouts.connectTimeoutMs;
    const given = this.server;
    const reason = `connect timed out after ${ms} ms`;
    this.#dialFailed(serverFailure(reason, 'server-silent'));
    given?.destroy();
  }

  /** @param before  why the last server did not take it */
  #dial(before?: DialFailure): void {
    const { switchboard, room } = this.line;
    const isBehind = before === undefined && room?.goesFirst() === true;
    const client = new EndsClient(this.ends);
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
    this.state = 'waiting';
    this.waiter ??= new Waiter(this, this.client, this.ends);
    return this.waiter.enter(room, this.line, this.#tried, isBehind);
  }

  #dialAt(booking: Booking): void {
    const { switchboard, timeouts } = this.line;
    const { server } = booking;
    this.booking = booking;
    if (this.#tried.length > 0) switchboard.record.count('retries');
    this.trace?.dialled(server);
    server.connections.add(this);
    this.desk.wheel.add(this, timeouts.connectTimeoutMs);
    if (this.#tried === NONE) this.began = tenths(this.desk.wheel);
    if (server.problem !== undefined) {
      this.#dialFailed(serverFailure(server.problem));
      return;
    }
    this.#own = this.line.ownAddresses?.next();
    this.#connect(server);
  }

  #connect({ address: host, port }: RealServer): void {
    this.sockets++;
    const onread = {
      buffer: () => this.buffer.next(),
      callback: (bytes: number, buffer: Uint8Array) => this.#fromServer(bytes, buffer),
    };
    const options: TcpNetConnectOpts = { host, port, allowHalfOpen: true, onread };
    const localAddress = this.#own?.address(host);
    if (localAddress !== undefined) options.localAddress = localAddress;
    const socket = connect(options);
    this.server = socket;
    socket.on('connect', () => this.connected());
    socket.on('close', this.closed);
    socket.on('error', (error) => this.#serverFailed(socket, error));
  }

  /** @returns that it wants more; whoever takes no more pauses the socket */
  #fromServer(bytes: number, buffer: Uint8Array): boolean {
    this.splice?.fromServer(bytes, buffer);
    return true;
  }

  #serverFailed(socket: Socket, error: NodeJS.ErrnoException): void {
    if (socket !== this.server) return; // an earlier dial that was given up
    if (this.state !== 'dialling') this.reset('server');
    else if (!this.#dialFromAnother(error)) this.#dialFailed(dialFailure(error));
  }

  /** @returns false: it was not the address's fault, or there is no other one */
  #dialFromAnother(error: NodeJS.ErrnoException): boolean {
    const server = this.booking?.server;
    if (!server || dialFailure(error).blame) return false;
    if (!this.#own?.failed(server.address)) return false;
    tellDialFailure(this.line, this.desk, server, strangeSource(error));
    this.#connect(server);
    return true;
  }

  /** Tries the next server with this one left out, until none is left. */
  #dialFailed(failure: DialFailure): void {
    const booking = this.booking;
    if (!booking) return;
    tellDialFailure(this.line, this.desk, booking.server, failure);
    this.unbook(booking);
    this.server = undefined;
    this.#tried = [...this.#tried, booking.server];
    this.#dial(failure);
    // Not before: its place is its own as long as it has a server left to try.
    this.line.room?.freed();
  }

  /** Gives its place at the server back. */
  protected unbook(booking: Booking): void {
    this.desk.wheel.remove(this);
    this.splice?.close();
    booking.server.connections.delete(this);
    this.line.switchboard.release(booking, this.state === 'half-closed');
    this.booking = undefined;
  }
}
