import type { Client } from '../../../../model/scheduler.ts';
import type { Tried } from '../desk.ts';
import type { RealServer } from '../real-server.ts';
import type { Booking, Switchboard } from '../switchboard.ts';

/** Kernels send a host one ICMP error a second (icmp_ratelimit), so that most datagrams to a closed
 *  port just vanish: one that was refused speaks for all that follow. */
const REST_MS = 3000;

/** The servers of one service that have refused a datagram, or were silent, and not answered since. They are left out
 *  as long as there are others, but are tried every few seconds: by one session, or, where a copy
 *  does no harm, by a copy. One that never answers anybody is taken back after a rest. */
export class Resting {
  readonly #until = new Map<RealServer, number>();
  readonly #clock: () => number;
  readonly #byCopies: boolean;

  /** @param clock milliseconds, monotonic
   *  @param byCopies of datagrams that went elsewhere: see {@link due} */
  constructor(clock: () => number, byCopies: boolean) {
    this.#clock = clock;
    this.#byCopies = byCopies;
  }

  /** What waits there for an answer goes elsewhere, where there is somebody. */
  refused(server: RealServer): void {
    this.#until.set(server, this.#clock() + REST_MS);
    for (const connection of server.connections) connection.abandon?.(server);
  }

  answered(server: RealServer): void {
    server.answers = true;
    server.unanswered = 0;
    if (this.#until.size > 0) this.#until.delete(server);
  }

  has(server: RealServer): boolean {
    return this.#until.has(server);
  }

  /** Books as the switchboard does, with those at rest left out where that leaves any.
   *  @param tried servers that this session has tried in vain */
  book(switchboard: Switchboard, client: Client, tried: Tried): Booking | undefined {
    if (this.#until.size === 0) return switchboard.book(client, tried);
    return (
      this.bookAwake(switchboard, client, tried) ?? switchboard.book(client, tried)
    );
  }

  /** The same, but never one at rest. */
  bookAwake(switchboard: Switchboard, client: Client, tried: Tried) {
    const now = this.#clock();
    const booking = switchboard.book(client, [...tried, ...this.#asleep(now)]);
    if (booking && this.has(booking.server))
      this.#until.set(booking.server, now + REST_MS);
    return booking;
  }

  /** Those to which a copy is to go now. */
  due(): readonly RealServer[] {
    if (this.#until.size === 0 || !this.#byCopies) return NONE;
    const now = this.#clock();
    const due = [...this.#until].flatMap(([server, until]) =>
      until <= now && server.record.weight > 0 ? server : NONE,
    );
    for (const server of due) this.#until.set(server, now + REST_MS);
    return due;
  }

  #asleep(now: number): RealServer[] {
    const asleep: RealServer[] = [];
    for (const [server, until] of this.#until) {
      const over = until <= now;
      if (!server.listed) this.#until.delete(server);
      else if (!over || this.#byCopies) asleep.push(server);
      else if (!server.answers) this.#until.delete(server);
    }
    return asleep;
  }
}

const NONE: Tried = [];
