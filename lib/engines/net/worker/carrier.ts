import type { Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { Logged } from '../../../model/connection-log.ts';
import type { LeftClients } from '../../../model/heritage.ts';
import type { ProxyVersion } from '../../../model/proxy-header.ts';
import type {
  CarriedQueue,
  CarriedService,
  ListenReport,
  WorkerStart,
} from '../protocol.ts';
import type { Memory } from '../table/memory.ts';
import { QueueRecord } from '../table/queue-record.ts';
import type { ServiceRecord } from '../table/service-record.ts';
import type { Persisting, WaitingClients } from './clients.ts';
import type { Desk, Timeouts } from './desk.ts';
import type { Entrance, Reception } from './entrance.ts';
import { Gate } from './gate.ts';
import type { Journal } from './journal.ts';
import { Listener } from './listener.ts';
import { headedBy } from './opening/headed.ts';
import { type Hosts, hostsOf } from './opening/hosts.ts';
import type { Opening } from './opening/opening.ts';
import { OwnAddresses } from './own-addresses.ts';
import { PassedListener } from './passed-listener.ts';
import type { RealServer } from './real-server.ts';
import { Sweeper } from './sweeper.ts';
import { Switchboard } from './switchboard.ts';
import { Doors } from './udp/doors.ts';
import { WaitingRoom } from './waiting-room.ts';

const NO_QUEUE: CarriedQueue = { most: 0, timeoutMs: 0, abortOnClose: false };

interface Seat extends Pick<WorkerStart, 'worker' | 'shares'> {
  readonly memory: Memory;
  readonly journal: Journal<Persisting>;
  /** Another service of this worker. */
  readonly carried: (id: string) => Carrier | undefined;
  /** No new client of that service could be served any more. */
  readonly emptied: (id: string) => void;
}

/** One virtual service in one worker: its entrance and what new clients need. */
export class Carrier implements Reception {
  readonly id: string;
  readonly switchboard: Switchboard;
  readonly openings = new Set<Opening>();
  headed: ((client: Socket) => boolean) | undefined;
  hosts: Hosts | undefined;
  ownAddresses: OwnAddresses | undefined;
  readonly #seat: Seat;
  readonly #desk: Desk;
  readonly entrance: Entrance;
  #service: CarriedService;
  #gate: Gate | undefined;
  #room: WaitingRoom | undefined;
  #servers: readonly RealServer[] = [];
  /** The last change of the entrance, under way or done. */
  #turn: Promise<unknown> = Promise.resolve();
  readonly #sweeper: Sweeper;

  constructor(service: CarriedService, record: ServiceRecord, desk: Desk, seat: Seat) {
    this.id = service.id;
    this.#service = service;
    this.ownAddresses = OwnAddresses.of(service);
    this.#desk = desk;
    this.#gate = this.#gateOf(service);
    this.#seat = seat;
    this.headed = headedBy(service.acceptProxy);
    this.hosts = hostsOf(service.names, seat.carried);
    const clock = () => performance.now();
    this.switchboard = new Switchboard(service, record, clock, seat.journal);
    this.#sweeper = new Sweeper(this.switchboard.clients, () => this.#swept());
    this.entrance = this.#createEntrance();
  }

  get logged(): Logged {
    return this.#service.logged;
  }

  get timeouts(): Timeouts {
    return this.#service;
  }

  get sendProxy(): ProxyVersion | undefined {
    return this.#service.sendProxy;
  }

  get askedPort(): number {
    return this.#service.askedPort;
  }

  get tellsFailures(): boolean {
    return this.#service.tellsFailures;
  }

  get headerTimeoutMs(): number {
    return this.#service.headerTimeoutMs;
  }

  get room(): WaitingRoom | undefined {
    return this.#room;
  }

  get gate(): Gate | undefined {
    return this.#gate;
  }

  /** Settles when the entrance is as the service's weights want it.
   *  @param left  clients of an earlier run, or of another director: known before anybody is let in */
  update(
    service: CarriedService,
    servers: readonly RealServer[],
    left: readonly WaitingClients[] = [],
  ): Promise<ListenReport> {
    if (!isDeepStrictEqual(service.limits, this.#service.limits))
      this.#gate = this.#gateOf(service);
    if (!isDeepStrictEqual(service.acceptProxy, this.#service.acceptProxy))
      this.headed = headedBy(service.acceptProxy);
    if (!isDeepStrictEqual(service.names, this.#service.names))
      this.hosts = hostsOf(service.names, this.#seat.carried);
    this.#service = service;
    this.ownAddresses = OwnAddresses.of(service);
    this.#servers = servers;
    // Another worker remembers its clients.
    const own = this.#isHere ? service : { ...service, persistentMs: undefined };
    this.switchboard.update(own, servers);
    this.#setRoom(service);
    for (const { left: clients, merges } of left)
      this.switchboard.clients.restore(clients, merges);
    return this.listen(service.listen);
  }

  /** Opens the entrance where there is a server to send to, shuts it where there is none, or where
   *  another worker carries the service. Calls wait for each other.
   *  @param allowed false: not opened in any case */
  listen(allowed = true): Promise<ListenReport> {
    const settled = this.#turn.then(() => this.#settle(allowed));
    this.#turn = settled;
    return settled;
  }

  /** No new clients; open connections stay. Who has not said who he is has no server, and none is known any
   *  more. */
  close(): void {
    for (const opening of [...this.openings]) opening.reset('killed');
    this.#room?.close();
    this.#turn = this.#turn.then(() => {
      this.#sweeper.close();
      this.entrance.shut();
    });
  }

  came(): void {
    if (this.#service.persistentMs !== undefined) this.#sweeper.came();
  }

  /** The server has refused another worker's datagram. */
  refused(id: string): void {
    const server = this.#servers.find((one) => one.id === id);
    if (server) this.entrance.refused?.(server);
  }

  /** A place may have become free in another worker. */
  freed(): void {
    this.#room?.freed();
  }

  /** Clients of an earlier run, of another worker, or of another director.
   *  @param merges  as {@link Clients.restore}
   *  @returns false: their server is not in the table yet, or their service not here */
  restore(left: LeftClients, merges = false): boolean {
    const isThere = this.#isHere && this.switchboard.clients.restore(left, merges);
    if (isThere) this.#sweeper.sweep();
    return isThere;
  }

  /** Clients were forgotten. */
  forgot(): void {
    this.#swept();
  }

  emptied(): void {
    if (this.#isUsed || !this.entrance.isOpen) return;
    this.entrance.shut();
    this.#desk.tell({ type: 'listener', report: { id: this.id, state: 'idle' } });
  }

  async #settle(allowed: boolean): Promise<ListenReport> {
    this.#sweeper.sweep();
    if (!allowed || !this.#isHere || !this.#isUsed) {
      this.entrance.shut();
      return { id: this.id, state: 'idle' };
    }
    const code = await this.entrance.open(this.#service);
    if (code !== undefined) return { id: this.id, state: 'failed', code };
    const { isOpen, descriptors } = this.entrance;
    return { id: this.id, state: isOpen ? 'listening' : 'idle', descriptors };
  }

  /** Whoever waits when the queue goes waits on. */
  #setRoom({ queue = NO_QUEUE, record, id }: CarriedService): void {
    const { memory, worker } = this.#seat;
    if (this.#room) this.#room.rules = queue;
    else if (queue !== NO_QUEUE)
      this.#room = new WaitingRoom(queue, {
        ...{ service: id, worker, switchboard: this.switchboard, desk: this.#desk },
        record: new QueueRecord(memory.cell(record), worker, memory.workers),
      });
    this.#room?.serve();
  }

  #gateOf({ record, limits }: CarriedService): Gate | undefined {
    return limits && new Gate(record, limits, this.#desk.counting);
  }

  /** Of which kind it is never changes. */
  #createEntrance(): Entrance {
    const { worker, shares } = this.#seat;
    const { datagrams, sockets } = this.#service;
    if (datagrams) return new Doors(this, this.#desk, shares);
    return sockets.length > 0
      ? new PassedListener(this, this.#desk, worker)
      : new Listener(this, this.#desk, shares);
  }

  get #isHere(): boolean {
    const { home } = this.#service;
    return home === undefined || home === this.#seat.worker;
  }

  get #isUsed(): boolean {
    return this.switchboard.open || this.entrance.isBusy || this.hosts?.open === true;
  }

  /** Templates may have ended, and with the last of them the entrance does. */
  #swept(): void {
    this.#sweeper.sweep();
    this.emptied();
    if (!this.switchboard.open) this.#seat.emptied(this.id);
  }
}
