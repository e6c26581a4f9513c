import type { NoticeKind } from '../../protocol.ts';
import type { Desk, Tried } from '../desk.ts';
import { tellDialFailure } from '../dial-failure.ts';
import type { RealServer } from '../real-server.ts';
import { type Sight, sessionSight, tenths } from '../sight.ts';
import type { Booking } from '../switchboard.ts';
import type { Timed } from '../timer-wheel.ts';
import type { Guest } from './crowd.ts';
import type { DatagramClient } from './datagram-client.ts';
import type { Host } from './door.ts';
import { udpFailure } from './failure.ts';
import { Laggard } from './laggard.ts';
import { Question } from './question.ts';
import type { Tenant, Upstream } from './upstream.ts';

const NONE: Tried = [];

/** What one client's datagrams have in common: their server, and the socket to it. Of a DNS or ops
 *  service: one datagram, and its answer. */
export class Session extends Question implements Timed, Guest, Tenant {
  readonly client: DatagramClient;
  /** Its client, at its door. */
  readonly name: string;
  readonly #host: Host;
  readonly #desk: Desk;
  #booking: Booking | undefined;
  #upstream: Upstream | undefined;
  /** Was asked first, and may answer yet. */
  #laggard: Laggard | undefined;
  #tried = NONE;
  /** Its server has refused others: this is to find out. */
  #tries = false;
  /** Until it first expires; then for good. */
  #waitsMs = 0;
  #began = 0;
  #answered = false;
  #ended = false;

  constructor(host: Host, desk: Desk, client: DatagramClient, name: string) {
    super();
    this.name = name;
    this.#host = host;
    this.#desk = desk;
    this.client = client;
  }

  /** Its service's id. */
  get service(): string {
    return this.#host.line.id;
  }

  seen(): Sight | undefined {
    return sessionSight(this, this.#booking?.server, this.#began, this.#answered);
  }

  isAt(host: Host): boolean {
    return this.#host === host;
  }

  /** The first datagram: finds a server for it. */
  begin(datagram: Uint8Array): void {
    this.#waitsMs = this.#host.firstWaitMs;
    this.#desk.wheel.add(this, this.#waitsMs);
    this.#began = tenths(this.#desk.wheel);
    this.ask(datagram);
    this.#find(datagram);
    this.#host.tryOut(datagram);
  }

  /** The next datagram of the client. */
  take(datagram: Uint8Array): void {
    const { crowd } = this.#desk.udp;
    this.keep(datagram);
    this.#prolong();
    if (this.#answered && !this.isRegular) crowd.settle(this);
    else crowd.touch(this);
    const server = this.#booking?.server;
    const rests = server && !this.#tries && this.#host.resting.has(server);
    if (!rests || !this.#leave(server, datagram)) this.#send(datagram);
  }

  heard(datagram: Uint8Array): void {
    const server = this.#booking?.server;
    if (!server || !this.#pass(datagram, server)) return;
    const { datagrams } = this.#host;
    this.#tries = false;
    this.settle();
    this.#tried = NONE;
    if (datagrams !== 'sessions') {
      this.#end(datagrams === 'queries');
      return;
    }
    this.#prolong();
    this.#desk.udp.crowd.touch(this);
  }

  /** The server that was asked first has answered after all. */
  heardLate(datagram: Uint8Array, server: RealServer): void {
    if (this.#pass(datagram, server)) this.#end(false);
  }

  failed(error: NodeJS.ErrnoException, upstream: Upstream): void {
    const server = this.#booking?.server;
    if (!server || upstream !== this.#upstream) return;
    const failure = udpFailure(error, server, upstream.isConnected);
    if (failure.whose === 'ours') this.#refuse(failure.notice);
    else if (failure.whose === 'server') this.#serverFailed(server, failure.reason);
  }

  /** Its server was found dead: what waits for an answer goes to another, if one is there. */
  abandon(server: RealServer): void {
    if (this.waits && this.#booking?.server === server) this.#leave(server, this.kept);
  }

  reset(): void {
    this.#end(false);
  }

  /** It was silent for too long: with DNS first of all so long that its server may be dead. */
  expire(): void {
    const left = this.#host.line.timeouts.idleTimeoutMs - this.#waitsMs;
    const isFirst = this.#waitsMs !== Infinity;
    const server = this.#booking?.server;
    this.#waitsMs = Infinity;
    if (server && left > 0) this.#desk.wheel.add(this, left);
    else this.#end(false);
    if (!server || !isFirst || !this.isQuery) return;
    if (left > 0) this.#askAnother(server);
    this.#host.unanswered(server);
  }

  /** A query that is lost must not wait until enough of them are; one that only takes its time has its
   *  answer from whoever is first. */
  #askAnother(server: RealServer): void {
    const upstream = this.#upstream;
    const datagram = this.kept;
    if (!upstream || !datagram) return;
    this.#laggard = new Laggard(this, upstream, server);
    this.#upstream = undefined;
    if (this.#leave(server, datagram)) return;
    upstream.tenant = this;
    this.#laggard = undefined;
    this.#upstream = upstream;
  }

  /** It alone learns that nobody else is left: all others that wait there may yet be answered. */
  #serverFailed(server: RealServer, reason: string): void {
    this.#host.refused(server, reason);
    if (this.waits && this.#booking?.server === server) this.#goOn(server, this.kept);
  }

  /** To another server, if one is awake.
   *  @param datagram to be sent there
   *  @returns whether it went */
  #leave(server: RealServer, datagram: Uint8Array | undefined): boolean {
    const { line, resting } = this.#host;
    const tried = [...this.#tried, server];
    const booking = resting.bookAwake(line.switchboard, this.client, tried);
    if (!booking) return false;
    this.#letGo(false);
    this.#tried = tried;
    this.#use(booking, datagram);
    return true;
  }

  /** Tries one server after the other, until none is left. */
  #goOn(server: RealServer, datagram: Uint8Array | undefined): void {
    this.#tried = [...this.#tried, server];
    this.#letGo(false);
    this.#find(datagram);
  }

  #find(datagram: Uint8Array | undefined): void {
    const { line, resting } = this.#host;
    const booking = resting.book(line.switchboard, this.client, this.#tried);
    if (booking) this.#use(booking, datagram);
    else if (!this.#laggard) this.#refuse();
  }

  #use(booking: Booking, datagram: Uint8Array | undefined): void {
    const { line, resting } = this.#host;
    const { server } = booking;
    if (this.#tried.length > 0) {
      line.switchboard.record.count('retries');
      this.#waitAnew();
    }
    this.#booking = booking;
    this.#tries = resting.has(server);
    server.connections.add(this);
    const { problem: reason } = server;
    if (reason === undefined) this.#open(server, datagram);
    else {
      tellDialFailure(line, this.#desk, server, { blame: true, reason });
      this.#goOn(server, datagram);
    }
  }

  /** Whoever is asked now has its own time: what the last one took is not its silence. */
  #waitAnew(): void {
    if (this.isQuery && this.#waitsMs !== Infinity)
      this.#desk.wheel.move(this, this.#waitsMs);
  }

  #open(server: RealServer, datagram: Uint8Array | undefined): void {
    const { crowd, sockets } = this.#desk.udp;
    const upstream = sockets.take(server, this);
    if (!upstream) {
      this.#refuse('full');
      return;
    }
    this.#upstream = upstream;
    crowd.add(this);
    server.record.connected();
    if (datagram) this.#send(datagram);
  }

  #send(datagram: Uint8Array): void {
    this.#booking?.server.record.received(datagram.length);
    this.#upstream?.send(datagram);
  }

  /** To the client, if it is an answer to what was asked. */
  #pass(datagram: Uint8Array, server: RealServer): boolean {
    if (!this.isAnsweredBy(datagram, this.#host.datagrams)) return false;
    server.record.sent(datagram.length);
    this.#host.resting.answered(server);
    this.#answered = true;
    this.#host.reply(datagram, this.client);
    return true;
  }

  #prolong(): void {
    const { wheel } = this.#desk;
    this.deadline = wheel.now + this.#host.line.timeouts.idleTimeoutMs;
  }

  #refuse(notice?: NoticeKind): void {
    const { id, switchboard } = this.#host.line;
    switchboard.record.count('refused');
    if (notice) this.#desk.tell({ type: 'notice', kind: notice, about: id });
    this.#end(false);
  }

  /** @param done the socket may be another's: an answer that is not to its query is told from one */
  #end(done: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#desk.wheel.remove(this);
    if (this.#laggard) this.#desk.udp.sockets.close(this.#laggard.upstream);
    this.#letGo(done);
    this.#host.left(this);
  }

  #letGo(done: boolean): void {
    const { crowd, sockets } = this.#desk.udp;
    const upstream = this.#upstream;
    const booking = this.#booking;
    this.#upstream = undefined;
    this.#booking = undefined;
    crowd.remove(this);
    if (upstream && done) sockets.giveBack(upstream);
    else if (upstream) sockets.close(upstream);
    if (!booking) return;
    booking.server.connections.delete(this);
    this.#host.line.switchboard.release(booking, false);
  }
}
