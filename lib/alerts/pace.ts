import type { Told } from './message.ts';

/** How often one real server, or the service itself, is told of: `most` times within any `windowMs`. */
export interface Rate {
  readonly most: number;
  readonly windowMs: number;
}

const RATE: Rate = { most: 10, windowMs: 60_000 };

/** What keeps a server that flaps from flooding its receivers. Past the rate its changes are held, and told in
 *  one when the rate allows: the last state is always told. */
export class Pace {
  readonly #pass: (told: Told) => void;
  readonly #rate: Rate;
  /** By real server: when it was told of, within the window. '' is the service itself. */
  readonly #times = new Map<string, readonly number[]>();
  readonly #held = new Map<string, Told>();
  #timer: NodeJS.Timeout | undefined;
  /** When the timer goes off. */
  #due = Infinity;
  #swept = performance.now();

  /** @param pass  takes what may be told now */
  constructor(pass: (told: Told) => void, rate = RATE) {
    this.#pass = pass;
    this.#rate = rate;
  }

  /** How many wait until they may be told. */
  get held(): number {
    return this.#held.size;
  }

  push(told: Told): void {
    const now = performance.now();
    this.#sweep(now);
    const about = told.change.real ?? '';
    const held = this.#held.get(about);
    if (held || this.#recent(about, now).length >= this.#rate.most) {
      // As the youngest: receivers count on rising sequences.
      this.#held.delete(about);
      this.#held.set(about, held ? joined(held, told) : told);
      this.#plan(this.#opens(about, now));
    } else this.#tell(about, told, now);
  }

  /** All that is held is told now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#due = Infinity;
    const now = performance.now();
    for (const [about, told] of this.#held) this.#tell(about, told, now);
  }

  #tell(about: string, told: Told, now: number): void {
    this.#held.delete(about);
    this.#times.set(about, [...this.#recent(about, now), now]);
    this.#pass(told);
  }

  #recent(about: string, now: number): readonly number[] {
    const times = this.#times.get(about) ?? [];
    return times.filter((time) => time > now - this.#rate.windowMs);
  }

  /** Releases what is held then, or at an earlier time that is planned already. */
  #plan(at: number): void {
    if (at >= this.#due) return;
    clearTimeout(this.#timer);
    this.#due = at;
    // A timer may be early by a fraction of a millisecond.
    const wait = Math.ceil(Math.max(at - performance.now(), 0)) + 1;
    this.#timer = setTimeout(() => this.#release(), wait);
  }

  /** When that one may be told of again. */
  #opens(about: string, now: number): number {
    const [first = now - this.#rate.windowMs] = this.#recent(about, now);
    return first + this.#rate.windowMs;
  }

  #release(): void {
    this.#due = Infinity;
    const now = performance.now();
    for (const [about, told] of this.#held)
      if (this.#recent(about, now).length < this.#rate.most)
        this.#tell(about, told, now);
      else this.#plan(this.#opens(about, now));
  }

  /** Forgets, once a window, servers that were not told of within it: they may have left. */
  #sweep(now: number): void {
    if (now - this.#swept < this.#rate.windowMs) return;
    this.#swept = now;
    for (const about of this.#times.keys())
      if (this.#recent(about, now).length === 0) this.#times.delete(about);
  }
}

/** Two of one server in one. */
function joined(before: Told, after: Told): Told {
  return {
    change: { ...after.change, from: before.change.from },
    sequence: after.sequence,
    changes: before.changes + after.changes,
  };
}
