import type { Client } from '../../../../model/scheduler.ts';
import type { Tried } from '../desk.ts';
import type { RealServer } from '../real-server.ts';
import type { Booking, Switchboard } from '../switchboard.ts';

/** Kernels send a host one ICMP error a second (icmp_ratelimit), so that most datagrams to a closed
 *  port just vanish: one that was refused speaks for all that follow. */
const REST_MS = 3000;

/** The servers of one service that have refused a datagram and not answered since. They are left out
 *  as long as there are others; every few seconds one session tries. */
export class Resting {
  readonly #until = new Map<RealServer, number>();
  readonly #clock: () => number;

  /** @param clock milliseconds, monotonic */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  refused(server: RealServer): void {
    this.#until.set(server, this.#clock() + REST_MS);
  }

  answered(server: RealServer): void {
    if (this.#until.size > 0) this.#until.delete(server);
  }

  /** Books as the switchboard does, with those at rest left out where that leaves any.
   *  @param tried servers that this session has tried in vain */
  book(switchboard: Switchboard, client: Client, tried: Tried): Booking | undefined {
    if (this.#until.size === 0) return switchboard.book(client, tried);
    const now = this.#clock();
    const awake = switchboard.book(client, [...tried, ...this.#asleep(now)]);
    const booking = awake ?? switchboard.book(client, tried);
    if (booking && this.#until.has(booking.server)) this.refused(booking.server);
    return booking;
  }

  #asleep(now: number): RealServer[] {
    const asleep: RealServer[] = [];
    for (const [server, until] of this.#until) {
      if (!server.listed) this.#until.delete(server);
      else if (until > now) asleep.push(server);
    }
    return asleep;
  }
}
