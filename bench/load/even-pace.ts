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
/** Until what runs often here is compiled. */
const WARM_UP_SECONDS = 1;
/** After the last request is due. */
const GRACE_MS = 10_000;

const pace: Pace = JSON.parse(process.argv[2] ?? '');
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** By default the kernel lengthens a sleep by up to 50 us. Source: proc_pid_timerslack_ns(5). */
function sleepExactly(): void {
  writeFileSync('/proc/self/timerslack_ns', '1000');
}

function open({ place, connections }: Pace): Promise<KeptConnection[]> {
  const opening = Array.from({ length: connections }, () =>
    KeptConnection.open(place, '127.0.0.1', fail),
  );
  return Promise.all(opening);
}

/** @param free  connections over which nothing goes, as also afterwards */
async function run(
  free: KeptConnection[],
  rate: number,
  seconds: number,
): Promise<Paced> {
  const [took, late] = [new Histogram(), new Histogram()];
  const start = performance.now();
  const until = start + seconds * 1000 + GRACE_MS;
  const requests = new Schedule(start, rate, seconds);
  const looks = new Schedule(start, rate, seconds);
  while (requests.nextAt < Number.POSITIVE_INFINITY || took.total < requests.taken) {
    const now = performance.now();
    if (now > until) throw new Error(`${took.total} of ${requests.taken} answered`);
    send(requests, free, took, now);
    notice(looks, late, now);
    nap(requests.nextAt - performance.now());
    await turn();
  }
  return {
    requests: took.total,
    ...{ p50: took.at(0.5), p99: took.at(0.99), p999: took.at(0.999) },
    late: late.at(0.99),
  };
}

/** What is due and finds no free connection waits, and its time runs. */
function send(
  requests: Schedule,
  free: KeptConnection[],
  took: Histogram,
  now: number,
): void {
  for (;;) {
    const connection = free.at(-1);
    const due = connection && requests.take(now);
    if (!connection || due === undefined) return;
    free.pop();
    connection.request(() => {
      took.record(microseconds(performance.now() - due));
      free.push(connection);
    });
  }
}

/** By how much this load is late to see that something is due, connection or none. */
function notice(looks: Schedule, late: Histogram, now: number): void {
  for (let due = looks.take(now); due !== undefined; due = looks.take(now))
    late.record(microseconds(now - due));
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
const free = await open(pace);
await run(free, pace.rate, WARM_UP_SECONDS);
const paced = await run(free, pace.rate, pace.seconds);
process.send?.(paced, () => process.exit());
