import type { Log } from '../model/log.ts';
import { reasonOf } from '../model/reason.ts';
import type { Traffic } from '../model/traffic.ts';
import type { TrafficSource } from './traffic.ts';

/** What is open at a real server is to end. Ids. */
export interface Cut {
  readonly service: string;
  readonly server: string;
}

interface Parties {
  /** The directors before, as they are now; each has answered within seconds, or rejects. */
  elders(): readonly TrafficSource[];
  /** Whether it is to end still. */
  isDue(cut: Cut): boolean;
  readonly log: Pick<Log, 'warn'>;
}

/** So many are asked for at once of each: who answers has few places, and others ask too. */
const LANES = 4;
/** After that one that could not be asked is asked again. */
const PAUSE_MS = 10_000;

/** What is to be ended at directors before this one, which are asked each by itself: one that hangs holds up nothing at
 *  the others. Disposing asks nobody any more. */
export class ElderQueues implements Disposable {
  readonly #parties: Parties;
  readonly #pauseMs: number;
  readonly #queues = new Map<string, ElderQueue>();
  #closed = false;

  constructor(parties: Parties, pauseMs = PAUSE_MS) {
    this.#parties = parties;
    this.#pauseMs = pauseMs;
  }

  /** At each of them, and each once, though it be asked for again meanwhile. */
  end(cuts: readonly Cut[]): void {
    if (cuts.length === 0 || this.#closed) return;
    for (const [name, traffic] of this.#parties.elders()) {
      let queue = this.#queues.get(name);
      if (!queue) {
        queue = new ElderQueue(traffic, this.#parties, this.#pauseMs);
        this.#queues.set(name, queue);
      }
      queue.end(cuts);
    }
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    for (const queue of this.#queues.values()) queue[Symbol.dispose]();
  }
}

/** What is to be ended at one of them: as many at a time as it has places for. */
class ElderQueue implements Disposable {
  readonly #traffic: Pick<Traffic, 'end'>;
  readonly #parties: Pick<Parties, 'isDue' | 'log'>;
  readonly #pauseMs: number;
  /** By service and server. */
  readonly #due = new Map<string, Cut>();
  #busy = 0;
  #pause: NodeJS.Timeout | undefined;
  /** It could not be asked the last time: that has been told. */
  #isSilent = false;
  #closed = false;

  constructor(
    traffic: Pick<Traffic, 'end'>,
    parties: Pick<Parties, 'isDue' | 'log'>,
    pauseMs: number,
  ) {
    this.#traffic = traffic;
    this.#parties = parties;
    this.#pauseMs = pauseMs;
  }

  end(cuts: readonly Cut[]): void {
    for (const cut of cuts) this.#due.set(keyOf(cut), cut);
    this.#fill();
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    clearTimeout(this.#pause);
    this.#due.clear();
  }

  #fill(): void {
    // One that was silent is tried by one question.
    const lanes = this.#isSilent ? 1 : LANES;
    while (!this.#pause && this.#due.size > 0 && this.#busy < lanes) void this.#work();
  }

  /** Never rejects. */
  async #work(): Promise<void> {
    this.#busy++;
    for (const [key, cut] of this.#due) {
      if (this.#pause) break;
      this.#due.delete(key);
      if (!this.#parties.isDue(cut)) continue;
      try {
        await this.#traffic.end(cut);
        if (this.#isSilent) this.#answers();
      } catch (error) {
        this.#rest(cut, error);
      }
    }
    this.#busy--;
  }

  #answers(): void {
    this.#isSilent = false;
    this.#fill();
  }

  /** What it could not be asked for waits, and all else with it. */
  #rest(cut: Cut, error: unknown): void {
    if (this.#closed) return;
    this.#due.set(keyOf(cut), cut);
    this.#pause ??= setTimeout(() => {
      this.#pause = undefined;
      this.#fill();
    }, this.#pauseMs).unref();
    if (this.#isSilent) return;
    this.#isSilent = true;
    const others = this.#due.size + this.#busy - 2;
    const more = others > 0 ? `, and to ${others} more,` : '';
    const reason = reasonOf(error);
    this.#parties.log.warn(
      `Connections to ${cut.server} (${cut.service})${more} may go on at a director before this one: ${reason}; it is asked again every ${this.#pauseMs / 1000} s`,
    );
  }
}

function keyOf({ service, server }: Cut): string {
  return `${service} ${server}`;
}
