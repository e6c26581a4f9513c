/* Small requests over kept connections at an even pace, and how long each took from the time at
   which it was due. A program of its own, since it sleeps for less than a timer can. */
import { writeFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { Histogram } from './histogram.ts';
import { KeptConnection } from './kept-connection.ts';
import type { Pace, Paced } from './protocol.ts';
import { Schedule } from './schedule.ts';

/** Longest sleep between two looks at the sockets. */
const NAP_MS = 0.02;
/** After the last request is due. */
const GRACE_MS = 10_000;

const pace: Pace = JSON.parse(process.argv[2] ?? '');
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** By default the kernel lengthens a sleep by up to 50 us. Source: proc_pid_timerslack_ns(5). */
function sleepExactly(): void {
  writeFileSync('/proc/self/timerslack_ns', '1000');
}

/** What is measured, in microseconds. */
interface Times {
  /** Of requests, from when they were due. */
  readonly took: Histogram;
  /** By how much this load itself was late with them. */
  readonly late: Histogram;
}

async function run({ place, rate, seconds, connections }: Pace): Promise<Paced> {
  const opening = Array.from({ length: connections }, () =>
    KeptConnection.open(place, '127.0.0.1', fail),
  );
  const free = await Promise.all(opening);
  const times: Times = { took: new Histogram(), late: new Histogram() };
  const { took, late } = times;
  let looked = performance.now();
  const schedule = new Schedule(looked, rate, seconds);
  const until = looked + seconds * 1000 + GRACE_MS;
  while (schedule.nextAt < Number.POSITIVE_INFINITY || took.total < schedule.taken) {
    const now = performance.now();
    if (now > until) throw new Error(`${took.total} of ${schedule.taken} answered`);
    sendDue(schedule, free, times, looked, now);
    looked = now;
    nap(schedule.nextAt - performance.now());
    await turn();
  }
  return {
    requests: took.total,
    ...{ p50: took.at(0.5), p99: took.at(0.99), p999: took.at(0.999) },
    late: late.at(0.99),
  };
}

/** What is due and finds no free connection waits, and its time runs.
 *  @param looked  when that was last done: what fell due before has waited for a connection */
function sendDue(
  schedule: Schedule,
  free: KeptConnection[],
  { took, late }: Times,
  looked: number,
  now: number,
): void {
  for (;;) {
    const connection = free.at(-1);
    const due = connection && schedule.take(now);
    if (!connection || due === undefined) return;
    free.pop();
    if (due >= looked) late.record(microseconds(now - due));
    connection.request(() => {
      took.record(microseconds(performance.now() - due));
      free.push(connection);
    });
  }
}

function microseconds(ms: number): number {
  return Math.round(ms * 1000);
}

function nap(ms: number): void {
  if (ms > 0) Atomics.wait(sleeper, 0, 0, Math.min(ms, NAP_MS));
}

function fail(error: Error): never {
  throw error;
}

process.once('disconnect', () => process.exit());
sleepExactly();
const paced = await run(pace);
process.send?.(paced, () => process.exit());
