import type { RealServer } from '../real-server.ts';
import type { Tenant, Upstream } from './upstream.ts';

/** Whose query it was, and is another server's now too. */
export interface Asker {
  heardLate(datagram: Uint8Array, server: RealServer): void;
}

/** The socket to a server that has not answered a query for so long that another one was asked: its
 *  answer is as good. Whoever made it closes the socket. */
export class Laggard implements Tenant {
  readonly upstream: Upstream;
  readonly #asker: Asker;
  readonly #server: RealServer;

  constructor(asker: Asker, upstream: Upstream, server: RealServer) {
    this.upstream = upstream;
    this.#asker = asker;
    this.#server = server;
    upstream.tenant = this;
  }

  heard(datagram: Uint8Array): void {
    this.#asker.heardLate(datagram, this.#server);
  }

  /** The other one was asked already. */
  failed(): void {}
}
