import type { Socket } from 'node:dgram';
import type { RealServer } from '../real-server.ts';
import { datagramSocket, hasRoom } from './datagram-socket.ts';
import type { Aged } from './recency.ts';

/** One datagram may wait for the kernel to take it: there are thousands of these. */
const QUEUE_BYTES = 0;

/** Whoever uses an {@link Upstream}. */
export interface Tenant {
  heard(datagram: Uint8Array): void;
  /** The socket stays open. @param upstream whose; it may not be the tenant's any more */
  failed(error: NodeJS.ErrnoException, upstream: Upstream): void;
}

/** A socket that is connected to a real server: what comes from there is its tenant's, and nobody
 *  else can send to it. An ICMP error comes as an error of the socket. */
export class Upstream implements Aged {
  older: Aged | undefined;
  newer: Aged | undefined;
  listed = false;
  readonly server: RealServer;
  tenant: Tenant | undefined;
  /** When it became spare, on the wheel's clock. */
  spareSince = 0;
  /** Whether anything can be sent: else its error is on the way. */
  readonly isConnected: boolean;
  readonly #socket: Socket;
  readonly #address: string;
  readonly #port: number;

  /** Where it cannot be made, its tenant hears of it. */
  constructor(server: RealServer, tenant: Tenant) {
    const { address, port } = server;
    this.server = server;
    this.tenant = tenant;
    this.#address = address;
    this.#port = port;
    this.#socket = datagramSocket(address.includes(':') ? 'inet6' : 'inet');
    this.#socket.on('error', this.#failed);
    this.#socket.on('message', (datagram) => this.tenant?.heard(datagram));
    this.#socket.connect(port, address);
    this.isConnected = isConnected(this.#socket);
  }

  /** Whether it leads where the server is now. */
  get isCurrent(): boolean {
    const { address, port } = this.server;
    return address === this.#address && port === this.#port;
  }

  send(datagram: Uint8Array): void {
    if (this.isConnected && hasRoom(this.#socket, QUEUE_BYTES))
      this.#socket.send(datagram, this.#sent);
  }

  close(): void {
    this.tenant = undefined;
    this.#socket.close();
  }

  #sent = (error: Error | null) => {
    if (error) this.#failed(error);
  };

  /** Later, since it may be in the constructor, with a tenant who does not know it yet. */
  #failed = (error: NodeJS.ErrnoException) => {
    process.nextTick(() => this.tenant?.failed(error, this));
  };
}

function isConnected(socket: Socket): boolean {
  try {
    socket.remoteAddress();
    return true;
  } catch {
    return false;
  }
}
