import type { Desk } from '../desk.ts';
import type { Member } from '../members.ts';
import type { RealServer } from '../real-server.ts';
import type { Timed } from '../timer-wheel.ts';
import { udpFailure } from './failure.ts';
import type { Resting } from './resting.ts';
import type { Tenant, Upstream } from './upstream.ts';

/** Whether a server that has refused a datagram answers again: asked by the copy of one that went
 *  elsewhere, so that no client waits for it. */
export class Trial implements Timed, Member, Tenant {
  deadline = 0;
  previous: Timed | undefined;
  next: Timed | undefined;
  slot = -1;
  place = -1;
  readonly #server: RealServer;
  readonly #resting: Resting;
  readonly #desk: Desk;
  #upstream: Upstream | undefined;

  constructor(server: RealServer, resting: Resting, desk: Desk) {
    this.#server = server;
    this.#resting = resting;
    this.#desk = desk;
  }

  /** @param patienceMs how long the answer may take */
  begin(datagram: Uint8Array, patienceMs: number): void {
    this.#upstream = this.#desk.udp.sockets.take(this.#server, this);
    if (!this.#upstream) return;
    this.#server.connections.add(this);
    this.#desk.wheel.add(this, patienceMs);
    this.#upstream.send(datagram);
  }

  heard(): void {
    this.#resting.answered(this.#server);
    this.reset();
  }

  failed(error: NodeJS.ErrnoException, upstream: Upstream): void {
    const { whose } = udpFailure(error, this.#server, upstream.isConnected);
    this.reset();
    if (whose === 'server') this.#resting.refused(this.#server);
  }

  expire(): void {
    this.reset();
  }

  reset(): void {
    const upstream = this.#upstream;
    this.#upstream = undefined;
    if (!upstream) return;
    this.#desk.wheel.remove(this);
    this.#server.connections.delete(this);
    this.#desk.udp.sockets.close(upstream);
  }
}
