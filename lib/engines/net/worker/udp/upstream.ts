import type { RemoteInfo, Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
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

/** A socket that is connected to a real server: what comes from there is its tenant's, and nothing
 *  else is. An ICMP error comes as an error of the socket. */
export class Upstream implements Aged {
  older: Aged | undefined;
  newer: Aged | undefined;
  listed = false;
  readonly server: RealServer;
  tenant: Tenant | undefined;
  /** When it became spare, on the wheel's clock. */
  spareSince = 0;
  readonly #socket: Socket;
  /** Whom it is connected to, in the words in which senders are told. */
  readonly #peer: AddressInfo | undefined;
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
    this.#socket.on('message', (datagram, from) => this.#came(datagram, from));
    this.#socket.connect(port, address);
    this.#peer = peerOf(this.#socket);
  }

  /** Whether anything can be sent: else its error is on the way. */
  get isConnected(): boolean {
    return this.#peer !== undefined;
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

  /** For a moment the socket had a port, and was not connected yet: the kernel keeps for it what a
   *  stranger sent then. */
  #came(datagram: Uint8Array, { address, port }: RemoteInfo): void {
    if (port === this.#peer?.port && address === this.#peer.address)
      this.tenant?.heard(datagram);
  }

  #sent = (error: Error | null) => {
    if (error) this.#failed(error);
  };

  /** Later, since it may be in the constructor, with a tenant who does not know it yet. */
  #failed = (error: NodeJS.ErrnoException) => {
    process.nextTick(() => this.tenant?.failed(error, this));
  };
}

function peerOf(socket: Socket): AddressInfo | undefined {
  try {
    return socket.remoteAddress();
  } catch {
    return undefined;
  }
}
