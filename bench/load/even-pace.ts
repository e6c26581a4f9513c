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

async function run({ place, rate, seconds, connections }: Pace): Promise<Paced> {
  const opening = Array.from({ length: connections }, () =>
    KeptConnection.open(place, '127.0.0.1', fail),
  );
  const free = await Promise.all(opening);
  const took = new Histogram();
  const schedule = new Schedule(performance.now(), rate, seconds);
  const until = performance.now() + seconds * 1000 + GRACE_MS;
  while (schedule.nextAt < Number.POSITIVE_INFINITY || took.total < schedule.taken) {
    const now = performance.now();
    if (now > until) throw new Error(`${took.total} of ${schedule.taken} answered`);
    sendDue(schedule, free, took, now);
    nap(schedule.nextAt - performance.now());
    await turn();
  }
  const [p50, p99, p999] = [0.5, 0.99, 0.999].map((share) => took.at(share));
  return { requests: took.total, p50: p50 ?? 0, p99: p99 ?? 0, p999: p999 ?? 0 };
}

/** What is due and finds no free connection waits, and its time runs. */
function sendDue(
  schedule: Schedule,
  free: KeptConnection[],
  took: Histogram,
  now: number,
): void {
  for (;;) {
    const connection = free.at(-1);
    const due = connection && schedule.take(now);
    if (!connection || due === undefined) return;
    free.pop();
    connection.request(() => {
      took.record(Math.round((performance.now() - due) * 1000));
      free.push(connection);
    });
  }
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
