/** Between two beats of a worker, and between two looks at them. */
export const BEAT_MS = 500;
/** Far above what a turn takes on a busy machine. */
const PATIENCE_MS = 10_000;
/** As much for one whose modules are being loaded, however short the patience with others. */
const LOADING_MS = 10_000;
/** A cache line each: none waits for another's. */
const LINE_BYTES = 64;
const WORDS = LINE_BYTES / Int32Array.BYTES_PER_ELEMENT;

export function pulseMemory(workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer(workers * LINE_BYTES);
}

/** In a worker: shows that its event loop turns, for as long as anything else keeps that going.
 *  @param memory of {@link pulseMemory} */
export function startPulse(memory: SharedArrayBuffer, worker: number): void {
  const words = new Int32Array(memory);
  const beat = () => Atomics.add(words, worker * WORDS, 1);
  beat();
  setInterval(beat, BEAT_MS).unref();
}

/** Main thread: for how long the event loops of workers have not turned. */
export class Pulses {
  readonly #words: Int32Array;
  readonly #clock: () => number;
  readonly #heard: number[];
  readonly #silentMs: number[];
  /** By worker; undefined: none is in that place. */
  readonly #startedAt: (number | undefined)[];
  readonly #patienceMs: number;
  #lookedAt: number;

  /** @param memory of {@link pulseMemory}
   *  @param clock  milliseconds, monotonic
   *  @param patienceMs  with one that has begun; default 10,000 */
  constructor(
    memory: SharedArrayBuffer,
    clock: () => number,
    patienceMs: number = PATIENCE_MS,
  ) {
    const workers = memory.byteLength / LINE_BYTES;
    this.#words = new Int32Array(memory);
    this.#clock = clock;
    this.#heard = new Array(workers).fill(0);
    this.#silentMs = new Array(workers).fill(0);
    this.#startedAt = new Array(workers).fill(undefined);
    this.#patienceMs = patienceMs;
    this.#lookedAt = clock();
  }

  /** A worker is on its way: until its first beat it is silent from now on. */
  started(worker: number): void {
    this.#startedAt[worker] = this.#clock();
  }

  /** How long it may be silent before it counts as stuck: 10 s at least until its first beat. */
  patienceMs(worker: number): number {
    const hasBegun = this.#heard[worker] !== 0;
    return hasBegun ? this.#patienceMs : Math.max(this.#patienceMs, LOADING_MS);
  }

  /** To be called every {@link BEAT_MS}. Time in which the caller did not run either does not count: a
   *  process that was stopped, or a machine that is too busy for all of it, has no stuck workers.
   *  @returns milliseconds by worker; 0 where there is none */
  look(): readonly number[] {
    const now = this.#clock();
    for (const [worker, heard] of this.#heard.entries()) {
      const beats = Atomics.load(this.#words, worker * WORDS);
      const startedAt = this.#startedAt[worker];
      const silent = beats === heard && startedAt !== undefined;
      const from = Math.max(this.#lookedAt, startedAt ?? now);
      const passed = Math.min(now - from, 2 * BEAT_MS);
      this.#silentMs[worker] = silent ? (this.#silentMs[worker] ?? 0) + passed : 0;
      this.#heard[worker] = beats;
    }
    this.#lookedAt = now;
    return this.#silentMs;
  }

  /** The worker has ended; the next one in its place has not been started yet. */
  forget(worker: number): void {
    Atomics.store(this.#words, worker * WORDS, 0);
    this.#startedAt[worker] = undefined;
    this.#silentMs[worker] = 0;
    this.#heard[worker] = 0;
  }
}
