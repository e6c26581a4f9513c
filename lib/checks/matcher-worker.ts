import { openSync, readlinkSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { reasonOf } from '../model/reason.ts';
import type { MatchAnswer, MatchJob } from './matcher-thread.ts';

/** Runs in a worker thread: matches one text after the other, and leaves word of the one
 *  it is at, with the CPU time it had used by then, in memory that the main thread reads. */

const COMPILED_LIMIT = 256;
const compiled = new Map<string, RegExp>();

const { current, cpuAtStart } = workerData as {
  readonly current: Int32Array;
  readonly cpuAtStart: Float64Array;
};
const usage = openUsage();

parentPort?.on('message', (job: MatchJob) => parentPort?.postMessage(answer(job)));
parentPort?.postMessage({ ready: usage?.path });

function answer({ id, source, flags, text }: MatchJob): MatchAnswer {
  try {
    const pattern = compile(source, flags);
    pattern.lastIndex = 0;
    cpuAtStart[0] = cpuTime();
    Atomics.store(current, 0, id);
    return { id, matched: pattern.test(text) };
  } catch (error) {
    return { id, problem: reasonOf(error) };
  } finally {
    Atomics.store(current, 0, 0);
  }
}

function compile(source: string, flags: string): RegExp {
  const key = `${flags}/${source}`;
  const known = compiled.get(key);
  if (known) return known;
  if (compiled.size >= COMPILED_LIMIT) compiled.clear();
  const pattern = new RegExp(source, flags);
  compiled.set(key, pattern);
  return pattern;
}

/** This thread's own accounting; undefined where the kernel keeps none. */
function openUsage() {
  try {
    const path = `/proc/${readlinkSync('/proc/thread-self')}/schedstat`;
    return { path, file: openSync(path, 'r') };
  } catch {
    return undefined;
  }
}

/** CPU time of this thread in nanoseconds; NaN when unknown. */
function cpuTime(): number {
  if (usage === undefined) return Number.NaN;
  const bytes = Buffer.alloc(64);
  const length = readSync(usage.file, bytes, 0, bytes.length, 0);
  return Number.parseInt(bytes.toString('latin1', 0, length), 10);
}
