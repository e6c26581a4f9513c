/** What is simulated; times in seconds. */
export interface Story {
  /** Connections that begin a second, at random (Poisson). */
  readonly rate: number;
  /** Mean length of a connection, exponentially distributed. */
  readonly length: number;
  /** Of each server: weight, and how much longer its connections last. */
  readonly servers: readonly { readonly weight: number; readonly slow?: number }[];
  readonly seconds: number;
}

/** Chooses for every connection that begins. */
export type Picker = (now: number, active: readonly number[]) => number;

/** How far active connections are from their weight's part of all that are active. */
export interface Spread {
  readonly mean: number;
  readonly max: number;
  /** Mean of all active connections. */
  readonly active: number;
}

const TICK = 0.001;

/** Plays the story by steps of a millisecond; measures the second half of it.
 *  @param picker  gets the time in seconds, and the counts as they are in that moment */
export function simulate(story: Story, picker: Picker, seed = 1): Spread {
  const random = randomFrom(seed);
  const { servers, rate, length } = story;
  const active = servers.map(() => 0);
  const leaving: number[][] = [];
  const ticks = Math.round(story.seconds / TICK);
  const meter = new Meter(servers.map(({ weight }) => weight));
  let next = after(rate, random);
  for (let tick = 0; tick < ticks; tick++) {
    for (const index of leaving[tick] ?? []) active[index] = (active[index] ?? 0) - 1;
    delete leaving[tick];
    for (const now = tick * TICK; next < now; next += after(rate, random)) {
      const index = picker(now, active);
      active[index] = (active[index] ?? 0) + 1;
      const lasts = after(1 / (length * (servers[index]?.slow ?? 1)), random);
      const end = tick + Math.max(1, Math.round(lasts / TICK));
      leaving[end] ??= [];
      leaving[end]?.push(index);
    }
    if (tick > ticks / 2 && tick % 10 === 0) meter.read(active);
  }
  return meter.spread();
}

class Meter {
  readonly #weights: readonly number[];
  readonly #total: number;
  #off = 0;
  #most = 0;
  #all = 0;
  #readings = 0;

  constructor(weights: readonly number[]) {
    this.#weights = weights;
    this.#total = weights.reduce((sum, weight) => sum + weight, 0);
  }

  read(active: readonly number[]): void {
    const all = active.reduce((sum, count) => sum + count, 0);
    for (const [index, weight] of this.#weights.entries()) {
      const off = Math.abs((active[index] ?? 0) - (all * weight) / this.#total);
      this.#off += off;
      this.#most = Math.max(this.#most, off);
    }
    this.#all += all;
    this.#readings++;
  }

  spread(): Spread {
    const mean = this.#off / this.#readings / this.#weights.length;
    return { mean, max: this.#most, active: this.#all / this.#readings };
  }
}

/** Time to the next of events that come at random. */
function after(rate: number, random: () => number): number {
  return -Math.log(1 - random()) / rate;
}

/** The same numbers in [0, 1) for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mix = Math.imul(state ^ (state >>> 15), state | 1);
    mix ^= mix + Math.imul(mix ^ (mix >>> 7), mix | 61);
    return ((mix ^ (mix >>> 14)) >>> 0) / 2 ** 32;
  };
}
