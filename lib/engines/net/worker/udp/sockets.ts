import type { Admission } from '../../admission.ts';
import type { RealServer } from '../real-server.ts';
import type { Timed, TimerWheel } from '../timer-wheel.ts';
import { Recency } from './recency.ts';
import { type Tenant, Upstream } from './upstream.ts';

/** Most sockets to real servers over all workers; each takes some kilobytes and a port. */
const MOST = 16_384;
/** What of that is set aside, in equal parts, for workers that come later than the others. */
const RESERVE = 1 / 4;
/** At least so many a worker, however few descriptors there are. */
const LEAST = 4;
/** Of a worker, kept open for the next query. */
const SPARES = 256;
/** One that nobody needed for so long is closed. */
const SPARE_MS = 10_000;

interface Options {
  readonly wheel: TimerWheel;
  readonly admission: Admission;
  readonly workers: number;
  /** Ends a session for another. @returns whether there was one */
  evict(): boolean;
}

/** The UDP sockets to real servers of one worker. One a session; a query's goes to the next when its
 *  one answer is there, since making and closing one costs more than all the rest. They take at
 *  most half of the places for connections, so that no flood of datagrams shuts TCP out. */
export class Sockets implements Timed {
  deadline = 0;
  previous: Timed | undefined;
  next: Timed | undefined;
  slot = -1;
  readonly #options: Options;
  /** Of each server, the one that has rested longest first: what comes late from the last query has
   *  the longest time to come. */
  readonly #spares = new Map<RealServer, Recency<Upstream>>();
  #spare = 0;
  #open = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** A socket to the server for one session.
   *  @returns undefined: there is no place, and none to be had */
  take(server: RealServer, tenant: Tenant): Upstream | undefined {
    const spare = this.#takeSpare(server);
    if (spare) {
      spare.tenant = tenant;
      return spare;
    }
    if (!this.#findPlace()) return undefined;
    this.#count(1);
    return new Upstream(server, tenant);
  }

  /** For another session: what was sent through it has had its answers. */
  giveBack(upstream: Upstream): void {
    if (this.#spare >= SPARES || !upstream.isCurrent) {
      this.close(upstream);
      return;
    }
    const { wheel } = this.#options;
    upstream.tenant = undefined;
    upstream.spareSince = wheel.now;
    this.#sparesOf(upstream.server).add(upstream);
    if (this.#spare++ === 0 && this.slot < 0) wheel.add(this, SPARE_MS);
  }

  close(upstream: Upstream): void {
    upstream.close();
    this.#count(-1);
    this.#options.admission.leave();
  }

  /** Closes the spare ones. */
  closeAll(): void {
    this.#options.wheel.remove(this);
    while (this.#closeSpare());
  }

  /** Closes those that nobody has needed. */
  expire(): void {
    const { wheel } = this.#options;
    const since = wheel.now - SPARE_MS;
    for (const spares of [...this.#spares.values()])
      for (const spare of spares) {
        if (spare.spareSince > since) break;
        this.#leave(spare);
        this.close(spare);
      }
    if (this.#spare > 0) wheel.add(this, SPARE_MS);
  }

  /** Whether one more would leave the others enough. */
  get #mayGrow(): boolean {
    const { admission, workers } = this.#options;
    const most = Math.floor(Math.min(MOST, admission.limit / 2));
    const reserve = workers === 1 ? 0 : most * RESERVE;
    return (
      this.#open < Math.max(LEAST, reserve / workers) || admission.udp < most - reserve
    );
  }

  #findPlace(): boolean {
    const { admission } = this.#options;
    if (!this.#mayGrow && !this.#makeRoom()) return false;
    return admission.take() || (this.#makeRoom() && admission.take());
  }

  #count(step: 1 | -1): void {
    this.#open += step;
    this.#options.admission.countUdp(step);
  }

  #makeRoom(): boolean {
    return this.#closeSpare() || this.#options.evict();
  }

  #closeSpare(): boolean {
    const [spares] = this.#spares.values();
    const spare = spares?.oldest;
    if (!spare) return false;
    this.#leave(spare);
    this.close(spare);
    return true;
  }

  #takeSpare(server: RealServer): Upstream | undefined {
    const spare = this.#spares.get(server)?.oldest;
    if (!spare) return undefined;
    this.#leave(spare);
    if (spare.isCurrent) return spare;
    this.close(spare);
    return this.#takeSpare(server);
  }

  #leave(spare: Upstream): void {
    const spares = this.#spares.get(spare.server);
    spares?.remove(spare);
    this.#spare--;
    if (spares?.size === 0) this.#spares.delete(spare.server);
  }

  #sparesOf(server: RealServer): Recency<Upstream> {
    const known = this.#spares.get(server);
    if (known) return known;
    const created = new Recency<Upstream>();
    this.#spares.set(server, created);
    return created;
  }
}
