import { createServer, type Server, type Socket } from 'node:net';
import type { CarriedService } from '../protocol.ts';
import { BULK } from './buffers.ts';
import { Connection } from './connection.ts';
import type { Desk } from './desk.ts';
import type { Entrance, Reception } from './entrance.ts';
import { resetSocket } from './reset-socket.ts';

/** Connections that may wait to be accepted; the kernel's somaxconn bounds it. */
const BACKLOG = 4096;

/** The entrance of a TCP service. Connections outlive it. */
export class Listener implements Entrance {
  readonly isBusy = false;
  readonly #line: Reception;
  readonly #desk: Desk;
  readonly #reusePort: boolean;
  #server: Server | undefined;
  /** Where that listens, or would. */
  #port = 0;

  constructor(line: Reception, desk: Desk, reusePort: boolean) {
    this.#line = line;
    this.#desk = desk;
    this.#reusePort = reusePort;
  }

  get isOpen(): boolean {
    return this.#server !== undefined;
  }

  async open(service: CarriedService): Promise<string | undefined> {
    if (this.#port !== service.port) this.shut();
    return this.#server ? undefined : this.#listen(service);
  }

  shut(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  #listen({
    address: host,
    port,
    family,
  }: CarriedService): Promise<string | undefined> {
    const server = createServer({
      allowHalfOpen: true,
      pauseOnConnect: true,
      highWaterMark: BULK,
    });
    [this.#server, this.#port] = [server, port];
    server.on('connection', (socket) => this.#accept(socket));
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
      const reusePort = this.#reusePort;
      server.listen({ host, port, backlog: BACKLOG, ipv6Only, reusePort });
    });
  }

  #accept(socket: Socket): void {
    const { id, switchboard } = this.#line;
    switchboard.record.count('accepted');
    if (this.#desk.admission.enter()) {
      new Connection(this.#line, this.#desk, socket);
      this.#line.came();
      return;
    }
    switchboard.record.count('refused');
    this.#desk.tell({ type: 'notice', kind: 'full', about: id });
    socket.on('error', () => {});
    resetSocket(socket);
  }

  /** The listener goes on: accept() fails for want of memory or descriptors, and that passes. */
  #acceptFailed({ message }: Error): void {
    const about = `${this.#line.id}: ${message}`;
    this.#desk.tell({ type: 'notice', kind: 'accept', about });
  }
}
