import type { WorkerStats } from '../../model/engine.ts';

/** A cache line a worker: what it has open, how much of that are UDP sockets, and as a 64-bit
 *  number what it has accepted. Behind them one with the limit. */
const LINE_BYTES = 64;
const OPEN = 0;
const UDP = 1;
const ACCEPTED = 1;
const WORDS = LINE_BYTES / Int32Array.BYTES_PER_ELEMENT;
const NUMBERS = LINE_BYTES / Float64Array.BYTES_PER_ELEMENT;
const NO_LIMIT = 2 ** 31 - 1;

/** How many connections may be open at once, over all workers. Two descriptors each: past the file
 *  limit Node would accept and close in silence, and the director's own checks and logs would
 *  fail. Each worker counts its own and looks at the sum, so that a dead one leaves nothing behind
 *  that has to be mended; two that come for the last place at once may both be refused. */
export class Admission {
  /** Of {@link admissionMemory}, for other threads. */
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #workers: number;
  readonly #own: number;
  /** Of workers, as the main thread has seen them. */
  readonly #deaths = new Map<number, number>();

  /** @param memory of {@link admissionMemory} */
  constructor(memory: SharedArrayBuffer, worker: number) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
    this.#numbers = new Float64Array(memory);
    this.#workers = memory.byteLength / LINE_BYTES - 1;
    this.#own = worker;
  }

  /** Of all workers together; Infinity, as long as nobody sets it. */
  get limit(): number {
    const limit = Atomics.load(this.#words, this.#workers * WORDS);
    return limit === NO_LIMIT ? Infinity : limit;
  }

  /** Main thread. What is open stays so, if it is more. */
  set limit(limit: number) {
    Atomics.store(this.#words, this.#workers * WORDS, Math.min(limit, NO_LIMIT));
  }

  enter(): boolean {
    this.count();
    return this.take();
  }

  /** One more client was accepted. */
  count(): void {
    const accepted = this.#own * NUMBERS + ACCEPTED;
    this.#numbers[accepted] = (this.#numbers[accepted] ?? 0) + 1;
  }

  /** @returns whether there was a place; whoever has one gives it back by {@link leave} */
  take(): boolean {
    Atomics.add(this.#words, this.#own * WORDS + OPEN, 1);
    if (this.#sum(OPEN) <= this.limit) return true;
    this.leave();
    return false;
  }

  leave(): void {
    Atomics.sub(this.#words, this.#own * WORDS + OPEN, 1);
  }

  /** How many connections all workers have open. */
  get open(): number {
    return this.#sum(OPEN);
  }

  /** How many of the places of all workers UDP sockets have. */
  get udp(): number {
    return this.#sum(UDP);
  }

  /** So many more of this worker's places have UDP sockets. */
  countUdp(step: 1 | -1): void {
    Atomics.add(this.#words, this.#own * WORDS + UDP, step);
  }

  /** Main thread: what a dead worker had open. */
  bury(worker: number): void {
    this.#deaths.set(worker, (this.#deaths.get(worker) ?? 0) + 1);
    for (const word of [OPEN, UDP])
      Atomics.store(this.#words, worker * WORDS + word, 0);
  }

  stats(): WorkerStats[] {
    return Array.from({ length: this.#workers }, (_, worker) => ({
      openConnections: Atomics.load(this.#words, worker * WORDS + OPEN),
      acceptedConnections: this.#numbers[worker * NUMBERS + ACCEPTED] ?? 0,
      restarts: this.#deaths.get(worker) ?? 0,
    }));
  }

  #sum(word: number): number {
    let sum = 0;
    for (let worker = 0; worker < this.#workers; worker++)
      sum += Atomics.load(this.#words, worker * WORDS + word);
    return sum;
  }
}

export function admissionMemory(workers: number): SharedArrayBuffer {
  const memory = new SharedArrayBuffer((workers + 1) * LINE_BYTES);
  new Admission(memory, 0).limit = Infinity;
  return memory;
}
