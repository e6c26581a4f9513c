import type { Ends } from '../../../../model/proxy-header.ts';
import type { RealServer } from '../real-server.ts';
import type { Ender } from './termination.ts';

/** What the log is to say of one connection. */
export class Trace {
  /** When it was accepted, since 1970. */
  readonly at = Date.now();
  address: string;
  port: number;
  /** The one that was dialled last. */
  server: RealServer | undefined;
  /** From the accept to the server's; -1: none took it. */
  connectMs = -1;
  ender: Ender | undefined;
  /** The service that it called, and the name that it asked for ('-': none), where it was asked for one. */
  frontend: string | undefined;
  host: string | undefined;
  /** It waits for a place. */
  isWaiting = false;
  /** How long it waited before its first dial, and how many were before it; -1: it did not get that far. */
  queueMs = -1;
  ahead = 0;
  #dials = 0;
  readonly #from = performance.now();

  /** Asks for the peer's address, which a client that has reset has no more: '-' then. */
  constructor(client: Ends) {
    this.address = client.remoteAddress ?? '-';
    this.port = client.remotePort ?? 0;
  }

  /** It is another's than the socket says. */
  announce({ remoteAddress = '-', remotePort = 0 }: Ends): void {
    this.address = remoteAddress;
    this.port = remotePort;
  }

  asked(frontend: string, host = '-'): void {
    this.frontend = frontend;
    this.host = host;
  }

  dialled(server: RealServer): void {
    if (this.#dials++ === 0) this.queueMs = Math.max(0, this.queueMs);
    this.server = server;
  }

  waits(ahead: number): void {
    this.isWaiting = true;
    this.ahead = ahead;
  }

  /** It got a place. */
  called(): void {
    this.isWaiting = false;
    this.queueMs = this.elapsedMs;
  }

  connected(): void {
    this.connectMs = this.elapsedMs;
  }

  /** The first one counts: what follows is its consequence. */
  blame(ender: Ender): void {
    if (this.isWaiting && !this.ender) this.queueMs = this.elapsedMs;
    this.ender ??= ender;
  }

  get retries(): number {
    return Math.max(0, this.#dials - 1);
  }

  get elapsedMs(): number {
    return Math.round(performance.now() - this.#from);
  }
}
