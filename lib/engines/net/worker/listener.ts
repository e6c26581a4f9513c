import type { Server } from 'node:net';
import { LINGER_MS } from '../listening/listener-state.ts';
import type { CarriedService } from '../protocol.ts';
import type { Desk } from './desk.ts';
import type { Handle } from './duplicates.ts';
import type { Entrance, Reception } from './entrance.ts';
import { BACKLOG, listening, receptionServer } from './reception-server.ts';

/** Where clients came in before. */
interface Former {
  readonly servers: readonly Server[];
  readonly port: number;
  readonly timer: NodeJS.Timeout;
  /** Connections that came in there since the last look. */
  came: number;
}

/** A socket that another worker listened on. */
interface Taken {
  readonly handle: Handle;
  readonly port: number;
}

/** The entrance of a TCP service: a socket of its own, and those that other workers had before the service came
 *  to live in this one. Connections outlive it. */
export class Listener implements Entrance {
  readonly isBusy = false;
  readonly #line: Reception;
  readonly #desk: Desk;
  readonly #reusePort: boolean;
  #servers: readonly Server[] = [];
  /** Where these listen, or would. */
  #port = 0;
  #former: Former | undefined;
  /** Not listened on yet. */
  #taken: Taken[] = [];
  /** Descriptors of sockets that another worker has from the next change on. */
  readonly #given = new Set<number>();

  constructor(line: Reception, desk: Desk, reusePort: boolean) {
    this.#line = line;
    this.#desk = desk;
    this.#reusePort = reusePort;
  }

  get isOpen(): boolean {
    return this.#servers.length > 0;
  }

  get descriptors(): readonly number[] {
    return this.#servers.flatMap((server) => descriptorOf(server) ?? []);
  }

  takeOver(handle: Handle, port: number): void {
    this.#taken.push({ handle, port });
  }

  giveAway(descriptor: number): void {
    this.#given.add(descriptor);
  }

  async open(service: CarriedService): Promise<string | undefined> {
    this.#leaveGiven();
    await this.#listenOnTaken();
    if (this.isOpen && this.#port !== service.port) this.#move(service.port);
    return this.isOpen ? undefined : this.#listen(service);
  }

  shut(): void {
    close(this.#servers);
    this.#servers = [];
    for (const { handle } of this.#taken) handle.close();
    this.#taken = [];
    this.#given.clear();
    this.#endFormer();
  }

  #leaveGiven(): void {
    const isGiven = (server: Server) => this.#given.has(descriptorOf(server) ?? -1);
    if (this.#given.size > 0) {
      close(this.#servers.filter(isGiven));
      this.#servers = this.#servers.filter((server) => !isGiven(server));
    }
    this.#given.clear();
  }

  async #listenOnTaken(): Promise<void> {
    const taken = this.#taken;
    this.#taken = [];
    for (const { handle, port } of taken) {
      if (this.isOpen && port !== this.#port) handle.close();
      else {
        const server = this.#server();
        const listen = () => server.listen(handle, BACKLOG);
        const code = await listening(server, this.#line, this.#desk, listen);
        if (code === undefined)
          [this.#servers, this.#port] = [[...this.#servers, server], port];
        else handle.close();
      }
    }
  }

  #server(): Server {
    const server: Server = receptionServer(this.#line, this.#desk, () => {
      if (this.#former?.servers.includes(server)) this.#former.came++;
    });
    return server;
  }

  /** Clients are led to another port from now on, be it after a moment. */
  #move(to: number): void {
    const [servers, from] = [this.#servers, this.#port];
    const back = this.#former?.port === to ? this.#former.servers : [];
    if (back.length === 0) close(this.#former?.servers ?? []);
    clearTimeout(this.#former?.timer);
    const timer = setTimeout(() => this.#emptyFormer(), LINGER_MS);
    this.#former = { servers, port: from, timer, came: 0 };
    [this.#servers, this.#port] = [back, to];
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
    close(this.#former?.servers ?? []);
    this.#former = undefined;
  }

  async #listen({
    address: host,
    port,
    family,
  }: CarriedService): Promise<string | undefined> {
    const server = this.#server();
    [this.#servers, this.#port] = [[server], port];
    const ipv6Only = family === 'inet6';
    const reusePort = this.#reusePort;
    const code = await listening(server, this.#line, this.#desk, () =>
      server.listen({ host, port, backlog: BACKLOG, ipv6Only, reusePort }),
    );
    if (code !== undefined)
      this.#servers = this.#servers.filter((other) => other !== server);
    return code;
  }
}

function close(servers: readonly Server[]): void {
  for (const server of servers) server.close();
}

/** Undefined: it does not listen. Node tells it nowhere else. */
function descriptorOf(server: Server): number | undefined {
  const { _handle: handle } = server as { readonly _handle?: { readonly fd: number } };
  const descriptor = handle?.fd ?? -1;
  return descriptor < 0 ? undefined : descriptor;
}
