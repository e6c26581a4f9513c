import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';

/** Before a socket that died, or could not be opened, is tried again. */
const AGAIN_MS = 500;

export interface LastingOptions {
  readonly family: 'udp4' | 'udp6';
  /** Bound to. */
  readonly address: string;
  readonly port: number;
  /** Called once it is bound; what it throws counts as a failure to open. */
  prepare(socket: Socket): void;
  hear(datagram: Buffer, from: RemoteInfo): void;
  /** It cannot be opened, or died: told once until it is open again, which is told too.
   *  @param error  undefined: it is open */
  tell(error: Error | undefined): void;
}

/** A datagram socket that is opened anew when it dies, until it is closed. */
export class LastingSocket {
  readonly #options: LastingOptions;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOpen = false;
  #isTold = false;
  #isClosed = false;

  constructor(options: LastingOptions) {
    this.#options = options;
    this.#open();
  }

  /** @param done  not called while the socket is not open: that is told by `tell` */
  send(
    datagram: Buffer,
    port: number,
    address: string,
    done: (error: Error | null) => void,
  ): void {
    if (this.#socket && this.#isOpen) this.#socket.send(datagram, port, address, done);
  }

  /** It is opened anew, as when the device it stands on was replaced. */
  renew(): void {
    if (this.#isOpen) this.#died(undefined);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#drop();
  }

  #open(): void {
    const { family, address, port, hear } = this.#options;
    const socket = createSocket({
      type: family,
      reuseAddr: true,
      ...(family === 'udp6' ? { ipv6Only: true } : {}),
    });
    this.#socket = socket;
    socket.on('error', (error) => {
      if (this.#socket === socket) this.#died(error);
    });
    socket.on('message', hear);
    socket.bind({ address, port }, () => this.#bound(socket));
  }

  #bound(socket: Socket): void {
    if (this.#socket !== socket) return;
    try {
      this.#options.prepare(socket);
    } catch (error) {
      this.#died(error as Error); // A system call's.
      return;
    }
    this.#isOpen = true;
    if (this.#isTold) this.#options.tell(undefined);
    this.#isTold = false;
  }

  #died(error: Error | undefined): void {
    this.#drop();
    if (error && !this.#isTold) {
      this.#isTold = true;
      this.#options.tell(error);
    }
    if (!this.#isClosed) this.#timer = setTimeout(() => this.#open(), AGAIN_MS);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#isOpen = false;
    socket?.close();
  }
}
