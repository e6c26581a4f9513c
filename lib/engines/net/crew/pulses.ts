/** Between two beats of a worker, and between two looks at them. */
export const BEAT_MS = 500;
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
  #lookedAt: number;

  /** @param memory of {@link pulseMemory}
   *  @param clock  milliseconds, monotonic */
  constructor(memory: SharedArrayBuffer, clock: () => number) {
    const workers = memory.byteLength / LINE_BYTES;
    this.#words = new Int32Array(memory);
    this.#clock = clock;
    this.#heard = new Array(workers).fill(0);
    this.#silentMs = new Array(workers).fill(0);
    this.#lookedAt = clock();
  }

  /** To be called every {@link BEAT_MS}. Time in which the caller did not run either does not count: a
   *  process that was stopped, or a machine that is too busy for all of it, has no stuck workers.
   *  @returns milliseconds by worker; 0 for one that has not begun yet */
  look(): readonly number[] {
    const now = this.#clock();
    const passed = Math.min(now - this.#lookedAt, 2 * BEAT_MS);
    this.#lookedAt = now;
    for (const [worker, heard] of this.#heard.entries()) {
      const beats = Atomics.load(this.#words, worker * WORDS);
      const silent = beats === heard && beats !== 0;
      this.#silentMs[worker] = silent ? (this.#silentMs[worker] ?? 0) + passed : 0;
      this.#heard[worker] = beats;
    }
    return this.#silentMs;
  }

  /** The worker has ended: the next one in its place has not begun yet. */
  forget(worker: number): void {
    Atomics.store(this.#words, worker * WORDS, 0);
    this.#silentMs[worker] = 0;
    this.#heard[worker] = 0;
  }
}
