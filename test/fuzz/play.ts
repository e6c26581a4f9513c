import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { heapInUse } from '../support/heap.ts';
import type { Opened, Target } from './target.ts';

/** How much of a target is played. */
export interface Measure {
  readonly inputs: number;
  /** No more are begun after so long. */
  readonly seconds: number;
  readonly seed: number;
}

/** One input that did what it must not. */
export interface Failure {
  /** It alone makes a batch with that input in it. */
  readonly seed: number;
  readonly input: unknown;
  readonly why: string;
}

/** What came of a target. */
export interface Outcome {
  readonly inputs: number;
  readonly seconds: number;
  /** Processor time of the slowest input, the least of three tries. */
  readonly longestMs: number;
  /** Of the heap in use when all garbage has gone, from the first batch to the last. */
  readonly grownBytes: number;
  readonly failures: readonly Failure[];
}

/** A batch of talks is no longer than one of calls. */
const BATCH = { pure: 250, talk: 50 } as const;
/** Compiled code and caches grow yet after the first inputs. */
const WARM_BATCHES = 4;
const MOST_GROWN = 8 << 20;
const MOST_FAILURES = 5;
/** How often a failing input is made smaller. */
const MOST_SHRINKS = 60;
const HANGS_MS = 20_000;
const TRIES = 3;

/** How else than from the beginning to the end. */
export interface Manner {
  /** Told of each batch, before it begins. */
  readonly begun: (seed: number) => void;
  /** That one alone; undefined: as many as are wanted. */
  readonly input?: unknown;
}

/** Plays a target in this thread, where nothing else may be at work: processor time is measured. */
export async function play(
  target: Target,
  measure: Measure,
  { begun, input }: Manner,
): Promise<Outcome> {
  const { boundMs, kind, open } = target;
  const inputs = input === undefined ? target.inputs : fc.constant(input);
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  const failures: Failure[] = [];
  const opened = await open();
  const watch = new Watch(opened, kind, boundMs);
  let done = 0;
  let warm = 0;
  try {
    for (let batch = 0; done < measure.inputs && elapsed() < measure.seconds; batch++) {
      if (batch === WARM_BATCHES) warm = await heapInUse();
      const seed = measure.seed + batch;
      begun(seed);
      const count = Math.min(BATCH[kind], measure.inputs - done);
      const failure = await playBatch(inputs, watch, seed, count);
      if (failure) failures.push(failure);
      if (failures.length === MOST_FAILURES) break;
      done += count;
    }
    const seconds = elapsed();
    const grownBytes = warm === 0 ? 0 : (await heapInUse()) - warm;
    if (grownBytes > MOST_GROWN)
      failures.push({
        seed: measure.seed,
        input: null,
        why: `the heap grew by ${grownBytes} bytes`,
      });
    return { inputs: done, seconds, longestMs: watch.longestMs, grownBytes, failures };
  } finally {
    await opened[Symbol.asyncDispose]();
    watch[Symbol.dispose]();
  }
}

/** Of several failing inputs of a batch the first, made as small as it goes. */
async function playBatch(
  inputs: Target['inputs'],
  watch: Watch,
  seed: number,
  numRuns: number,
): Promise<Failure | undefined> {
  let shrinks = 0;
  const property = fc.asyncProperty(inputs, async (input) => {
    if (shrinks > MOST_SHRINKS) return;
    try {
      await watch.take(input);
    } catch (error) {
      shrinks++;
      throw error;
    }
    if (shrinks > 0) shrinks++;
  });
  const { failed, counterexample, errorInstance } = await fc.check(property, {
    seed,
    numRuns,
  });
  if (!failed) return undefined;
  const why =
    errorInstance instanceof Error
      ? (errorInstance.stack ?? errorInstance.message)
      : String(errorInstance);
  return { seed, input: counterexample?.[0], why };
}

/** Takes inputs, and notes what escapes beside them and how long they take. */
class Watch implements Disposable {
  longestMs = 0;
  readonly #opened: Opened<unknown>;
  readonly #kind: Target['kind'];
  readonly #boundMs: number;
  #fail: (error: Error) => void = () => {};
  #escaped: Error | undefined;

  constructor(opened: Opened<unknown>, kind: Target['kind'], boundMs: number) {
    this.#opened = opened;
    this.#kind = kind;
    this.#boundMs = boundMs;
    process.on('uncaughtException', this.#escapes);
    process.on('unhandledRejection', this.#escapes);
  }

  /** Rejects when the input does what it must not, or takes too long. */
  async take(input: unknown): Promise<void> {
    let least = await this.#timed(input);
    // Collecting garbage, and whoever else wants the processor, count too: not so often in a row.
    for (let n = 1; n < TRIES && least > this.longestMs; n++)
      least = Math.min(least, await this.#timed(input));
    if (least > this.#boundMs)
      throw new Error(`it took ${least.toFixed(0)} ms of processor time`);
    this.longestMs = Math.max(this.longestMs, least);
  }

  [Symbol.dispose](): void {
    process.off('uncaughtException', this.#escapes);
    process.off('unhandledRejection', this.#escapes);
  }

  readonly #escapes = (reason: unknown) => {
    const why = reason instanceof Error ? (reason.stack ?? '') : String(reason);
    this.#escaped = new Error(`escaped: ${why}`);
    this.#fail(this.#escaped);
  };

  async #timed(input: unknown): Promise<number> {
    const before = process.cpuUsage();
    const taken = this.#opened.take(input);
    if (taken !== undefined) await this.#ended(taken);
    const { user, system } = process.cpuUsage(before);
    // What is thrown beside it comes a turn later.
    if (this.#kind === 'talk') await turn();
    const escaped = this.#escaped;
    this.#escaped = undefined;
    if (escaped) throw escaped;
    return (user + system) / 1000;
  }

  #ended(taken: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no end within ${HANGS_MS / 1000} s`)),
        HANGS_MS,
      );
      this.#fail = reject;
      taken.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }
}
