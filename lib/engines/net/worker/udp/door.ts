import type { RemoteInfo, Socket } from 'node:dgram';
import { once } from 'node:events';
import { endpoint } from '../../../../model/address.ts';
import type { CarriedService, Datagrams } from '../../protocol.ts';
import type { Desk } from '../desk.ts';
import { tellDialFailure } from '../dial-failure.ts';
import type { Reception } from '../entrance.ts';
import type { RealServer } from '../real-server.ts';
import { DatagramClient, nameOf } from './datagram-client.ts';
import { datagramSocket, hasRoom } from './datagram-socket.ts';
import { isDnsQuery } from './dns-message.ts';
import type { Resting } from './resting.ts';
import { Session } from './session.ts';
import { Trial } from './trial.ts';

/** Where a session's client is. */
export interface Host {
  readonly line: Reception;
  readonly resting: Resting;
  readonly datagrams: Datagrams;
  /** How long a session may be silent before it is asked for. */
  readonly firstWaitMs: number;
  reply(datagram: Uint8Array, client: DatagramClient): void;
  /** A server has refused a session's datagram. */
  refused(server: RealServer, reason: string): void;
  /** A DNS query has waited for long. */
  unanswered(server: RealServer): void;
  /** Sends copies to servers that are at rest, where these are tried so. */
  tryOut(datagram: Uint8Array): void;
  /** A session has ended. */
  left(session: Session): void;
}

/** What the doors of one service have in common. */
export interface House {
  readonly line: Reception;
  readonly desk: Desk;
  readonly resting: Resting;
  readonly reusePort: boolean;
}

/** A DNS server that works answers most queries sooner. */
const SILENCE_MS = 1000;
/** So many in a row that it did not: the server is left out. */
const DEAD = 3;

/** What waits in the kernel while the worker is at something else, in bytes; net.core.rmem_max
 *  bounds it. */
const WAITING_BYTES = 2 ** 22;

/** What may wait here for the kernel to take it: answers to all clients. */
const QUEUE_BYTES = 2 ** 20;

/** One address of a UDP service: answers leave from the one that was asked. */
export class Door implements Host {
  readonly line: Reception;
  readonly resting: Resting;
  readonly datagrams: Datagrams;
  readonly #desk: Desk;
  readonly #socket: Socket;
  /** By their clients; a session that is one exchange is not in here. */
  readonly #sessions = new Map<string, Session>();
  #size = 0;
  #closed = false;

  constructor({ line, desk, resting, reusePort }: House, service: CarriedService) {
    this.line = line;
    this.resting = resting;
    this.datagrams = service.datagrams ?? 'sessions';
    this.#desk = desk;
    const ipv6Only = service.family === 'inet6';
    // Node before 22.12 does not know the option, and has one worker.
    const shared = reusePort ? { reusePort } : {};
    const options = { ...shared, ipv6Only, recvBufferSize: WAITING_BYTES };
    this.#socket = datagramSocket(service.family, options);
  }

  /** Sessions that are alive. */
  get size(): number {
    return this.#size;
  }

  /** @returns the error's code */
  async open(address: string, port: number): Promise<string | undefined> {
    const socket = this.#socket;
    try {
      const listening = once(socket, 'listening');
      socket.bind({ address, port, exclusive: true });
      await listening;
    } catch (error) {
      this.#closed = true;
      socket.close();
      return error instanceof Error && 'code' in error ? String(error.code) : 'failed';
    }
    socket.on('error', (error) => this.#receiveFailed(error));
    socket.on('message', (datagram, from) => this.#came(datagram, from));
    return undefined;
  }

  /** Ends the sessions: nothing would come from their clients any more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const session of [...this.#desk.udp.crowd])
      if (session.isAt(this)) session.reset();
    this.#socket.close();
  }

  reply(datagram: Uint8Array, { host, port }: DatagramClient): void {
    if (!this.#closed && hasRoom(this.#socket, QUEUE_BYTES))
      this.#socket.send(datagram, port, host);
  }

  refused(server: RealServer, reason: string): void {
    const { line, resting } = this;
    if (tellDialFailure(line, this.#desk, server, { blame: true, reason }))
      this.#desk.tell({ type: 'refused', service: line.id, server: server.id });
    resting.refused(server);
  }

  get firstWaitMs(): number {
    const { idleTimeoutMs } = this.line.timeouts;
    const asks = this.datagrams === 'queries';
    return asks ? Math.min(SILENCE_MS, idleTimeoutMs) : idleTimeoutMs;
  }

  unanswered(server: RealServer): void {
    if (this.datagrams !== 'queries') return;
    if (++server.unanswered < DEAD || this.resting.has(server)) return;
    this.refused(server, `udp no answer from ${endpoint(server.address, server.port)}`);
  }

  tryOut(datagram: Uint8Array): void {
    if (!isDnsQuery(datagram)) return; // who sends what nobody answers would take all turns
    const { idleTimeoutMs } = this.line.timeouts;
    for (const server of this.resting.due())
      new Trial(server, this.resting, this.#desk).begin(datagram, idleTimeoutMs);
  }

  left(session: Session): void {
    if (this.#lasting) this.#sessions.delete(session.name);
    if (--this.#size === 0) this.line.emptied();
  }

  /** A client's next datagram belongs to the same session. */
  get #lasting(): boolean {
    return this.datagrams === 'sessions';
  }

  /** A port of 0 cannot be answered; it is forged. */
  #came(datagram: Uint8Array, from: RemoteInfo): void {
    if (from.port === 0 || this.#closed) return;
    const name = this.#lasting ? nameOf(from) : '';
    const known = this.#sessions.get(name);
    if (known) known.take(datagram);
    else this.#admit(datagram, new DatagramClient(from), name);
  }

  #admit(datagram: Uint8Array, client: DatagramClient, name: string): void {
    this.line.switchboard.record.count('accepted');
    this.#desk.admission.count();
    if (this.line.gate?.denies(client.address)) {
      this.line.switchboard.record.tally('denied');
      return;
    }
    const session = new Session(this, this.#desk, client, name);
    if (this.#lasting) this.#sessions.set(name, session);
    this.#size++;
    session.begin(datagram);
    this.line.came();
  }

  /** The door stays open: it is for want of memory, and that passes. */
  #receiveFailed({ message }: Error): void {
    const about = `${this.line.id}: ${message}`;
    this.#desk.tell({ type: 'notice', kind: 'accept', about });
  }
}
