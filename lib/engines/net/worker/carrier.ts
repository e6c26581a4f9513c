import { createServer, type Server, type Socket } from 'node:net';
import { LONGEST_TIMER_MS } from '../../../model/timer.ts';
import type { CarriedService, ListenReport, WorkerStart } from '../protocol.ts';
import type { ServiceRecord } from '../service-record.ts';
import { BULK } from './buffers.ts';
import { Connection } from './connection.ts';
import type { Desk, Line, Timeouts } from './desk.ts';
import type { RealServer } from './real-server.ts';
import { resetSocket } from './reset-socket.ts';
import { Switchboard } from './switchboard.ts';

/** Connections that may wait to be accepted; the kernel's somaxconn bounds it. */
const BACKLOG = 4096;
/** Between two looks for persistence templates that are over, at least. */
const SWEEP_MS = 100;

type Seat = Pick<WorkerStart, 'worker' | 'workers'>;

/** One virtual service in one worker: its listener and what new connections need. */
export class Carrier implements Line {
  readonly id: string;
  readonly switchboard: Switchboard;
  readonly #desk: Desk;
  readonly #seat: Seat;
  #service: CarriedService;
  #server: Server | undefined;
  /** The last change of the listener, under way or done. */
  #turn: Promise<unknown> = Promise.resolve();
  #sweeper: NodeJS.Timeout | undefined;

  constructor(service: CarriedService, record: ServiceRecord, desk: Desk, seat: Seat) {
    this.id = service.id;
    this.#service = service;
    this.#desk = desk;
    this.#seat = seat;
    this.switchboard = new Switchboard(service, record, () => performance.now());
  }

  get timeouts(): Timeouts {
    return this.#service;
  }

  /** Settles when the listener is as the service's weights want it. */
  update(
    service: CarriedService,
    servers: readonly RealServer[],
  ): Promise<ListenReport> {
    this.#service = service;
    this.switchboard.update(service, servers);
    return this.listen(service.listen);
  }

  /** Opens the listener where there is a server to send to, closes it where there is none, or where
   *  another worker carries the service. Calls wait for each other.
   *  @param allowed false: not opened in any case */
  listen(allowed = true): Promise<ListenReport> {
    const settled = this.#turn.then(() => this.#settle(allowed));
    this.#turn = settled;
    return settled;
  }

  /** No new connections; the open ones stay. */
  close(): void {
    this.#turn = this.#turn.then(() => {
      clearTimeout(this.#sweeper);
      this.#shut();
    });
  }

  async #settle(allowed: boolean): Promise<ListenReport> {
    this.#sweep();
    if (!allowed || !this.#isHere || !this.switchboard.open) {
      this.#shut();
      return { id: this.id, state: 'idle' };
    }
    const code = this.#server ? undefined : await this.#open();
    return code === undefined
      ? { id: this.id, state: 'listening' }
      : { id: this.id, state: 'failed', code };
  }

  get #isHere(): boolean {
    const { home } = this.#service;
    return home === undefined || home === this.#seat.worker;
  }

  /** @returns the error's code */
  #open(): Promise<string | undefined> {
    const server = createServer({
      allowHalfOpen: true,
      pauseOnConnect: true,
      highWaterMark: BULK,
    });
    this.#server = server;
    server.on('connection', (socket) => this.#accept(socket));
    const { address: host, port, family } = this.#service;
    return new Promise((resolve) => {
      const failed = (error: NodeJS.ErrnoException) => {
        if (this.#server === server) this.#server = undefined;
        resolve(error.code ?? error.message);
      };
      server.once('error', failed);
      server.once('listening', () => {
        server.off('error', failed);
        server.on('error', (error) => this.#acceptFailed(error));
        resolve(undefined);
      });
      const ipv6Only = family === 'inet6';
      const reusePort = this.#seat.workers > 1;
      server.listen({ host, port, backlog: BACKLOG, ipv6Only, reusePort });
    });
  }

  #accept(socket: Socket): void {
    const { record } = this.switchboard;
    record.count('accepted');
    if (this.#desk.admission.enter()) {
      new Connection(this, this.#desk, socket);
      if (!this.#sweeper && this.#service.persistentMs !== undefined)
        this.#sweepIn(SWEEP_MS);
      return;
    }
    record.count('refused');
    this.#desk.tell({ type: 'notice', kind: 'full', about: this.id });
    socket.on('error', () => {});
    resetSocket(socket);
  }

  /** The listener goes on: accept() fails for want of memory or descriptors, and that passes. */
  #acceptFailed({ message }: Error): void {
    const about = `${this.id}: ${message}`;
    this.#desk.tell({ type: 'notice', kind: 'accept', about });
  }

  #shut(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  /** Ends persistence templates in time, and the listener with the last of them. */
  #sweep(): void {
    clearTimeout(this.#sweeper);
    this.#sweeper = undefined;
    const next = this.switchboard.sweep();
    if (next === undefined) return;
    this.#sweepIn(Math.min(Math.max(next + 1, SWEEP_MS), LONGEST_TIMER_MS));
  }

  #sweepIn(ms: number): void {
    this.#sweeper = setTimeout(() => this.#swept(), ms);
  }

  #swept(): void {
    this.#sweep();
    if (this.switchboard.open || !this.#server) return;
    this.#shut();
    this.#desk.tell({ type: 'listener', report: { id: this.id, state: 'idle' } });
  }
}
