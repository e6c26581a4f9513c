import type { Server } from 'node:net';
import { LINGER_MS } from '../listening/listener-state.ts';
import type { CarriedService } from '../protocol.ts';
import type { Desk } from './desk.ts';
import type { Entrance, Reception } from './entrance.ts';
import { BACKLOG, listening, receptionServer } from './reception-server.ts';

/** Where clients came in before. */
interface Former {
  readonly server: Server;
  readonly port: number;
  readonly timer: NodeJS.Timeout;
  /** Connections that came in there since the last look. */
  came: number;
}

/** The entrance of a TCP service. Connections outlive it. */
export class Listener implements Entrance {
  readonly isBusy = false;
  readonly #line: Reception;
  readonly #desk: Desk;
  readonly #reusePort: boolean;
  #server: Server | undefined;
  /** Where that listens, or would. */
  #port = 0;
  #former: Former | undefined;

  constructor(line: Reception, desk: Desk, reusePort: boolean) {
    this.#line = line;
    this.#desk = desk;
    this.#reusePort = reusePort;
  }

  get isOpen(): boolean {
    return this.#server !== undefined;
  }

  async open(service: CarriedService): Promise<string | undefined> {
    if (this.#server && this.#port !== service.port)
      this.#move(this.#server, service.port);
    return this.#server ? undefined : this.#listen(service);
  }

  shut(): void {
    this.#server?.close();
    this.#server = undefined;
    this.#endFormer();
  }

  /** Clients are led to another port from now on, be it after a moment. */
  #move(server: Server, to: number): void {
    const from = this.#port;
    const back = this.#former?.port === to ? this.#former.server : undefined;
    if (!back) this.#former?.server.close();
    clearTimeout(this.#former?.timer);
    const timer = setTimeout(() => this.#emptyFormer(), LINGER_MS);
    this.#former = { server, port: from, timer, came: 0 };
    [this.#server, this.#port] = [back, to];
  }

  /** Its end would lose who waits in its queue: not before a turn of the event loop has brought nobody. */
  #emptyFormer(): void {
    const former = this.#former;
    if (!former) return;
    former.came = 0;
    setImmediate(() => {
      if (this.#former !== former) return;
      // The next turn looks for connections without waiting, and takes one of them.
      setImmediate(() => {
        if (this.#former !== former) return;
        if (former.came > 0) this.#emptyFormer();
        else this.#endFormer();
      });
    });
  }

  #endFormer(): void {
    clearTimeout(this.#former?.timer);
    this.#former?.server.close();
    this.#former = undefined;
  }

  async #listen({
    address: host,
    port,
    family,
  }: CarriedService): Promise<string | undefined> {
    const server: Server = receptionServer(this.#line, this.#desk, () => {
      if (this.#former?.server === server) this.#former.came++;
    });
    [this.#server, this.#port] = [server, port];
    const ipv6Only = family === 'inet6';
    const reusePort = this.#reusePort;
    const code = await listening(server, this.#line, this.#desk, () =>
      server.listen({ host, port, backlog: BACKLOG, ipv6Only, reusePort }),
    );
    if (code !== undefined && this.#server === server) this.#server = undefined;
    return code;
  }
}
