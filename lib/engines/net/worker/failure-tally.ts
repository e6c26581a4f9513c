import type { Desk } from './desk.ts';
import type { RealServer } from './real-server.ts';
import type { Timed } from './timer-wheel.ts';

const GATHER_MS = 100;

/** Connections that failed at one server, for the main thread. The first is told at once, and those of each
 *  moment behind it together with their number: a server that refuses thousands a second costs ten messages,
 *  and none is missing. */
export class FailureTally implements Timed {
  deadline = 0;
  previous: Timed | undefined;
  next: Timed | undefined;
  slot = -1;
  readonly #server: RealServer;
  readonly #desk: Desk;
  #failures = 0;
  #reason = '';
  #gathers = false;

  constructor(server: RealServer, desk: Desk) {
    this.#server = server;
    this.#desk = desk;
  }

  add(reason: string): void {
    this.#failures++;
    this.#reason = reason;
    if (!this.#gathers) this.#tell();
  }

  expire(): void {
    this.#gathers = false;
    if (this.#failures > 0) this.#tell();
  }

  #tell(): void {
    const { service, id: server } = this.#server;
    const failures = this.#failures;
    this.#failures = 0;
    this.#gathers = true;
    this.#desk.wheel.add(this, GATHER_MS);
    const reason = this.#reason;
    this.#desk.tell({ type: 'traffic-failed', service, server, failures, reason });
  }
}

/** Tells that a client's connection failed at the server, where its service asks for that. */
export function tellFailure(server: RealServer, desk: Desk, reason: string): void {
  server.failures ??= new FailureTally(server, desk);
  server.failures.add(reason);
}
