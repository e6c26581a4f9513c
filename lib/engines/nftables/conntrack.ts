import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../../model/log.ts';
import { TimeLimit } from '../../model/time-limit.ts';
import type { FlowSink } from './flow-counts.ts';
import { Bell } from './picking/bell.ts';
import { flowEvent } from './picking/conntrack-line.ts';
import { runLines } from './picking/line-child.ts';
import { seldom } from './seldom.ts';

/** Milliseconds. */
export interface ConntrackTimes {
  /** From what makes a dump necessary to its begin: events that wait in pipes are read first. */
  readonly settle: number;
  /** From dump to dump. The kernel tells nothing of connections that began before it was listened
   *  to (`nf_conntrack_events` = 2, its default): only a dump shows that they are gone. */
  readonly period: number;
  /** How long a dump may take. */
  readonly dump: number;
  /** Until an ended listener is started again. */
  readonly retry: number;
}

export interface ConntrackOptions {
  readonly sink: FlowSink;
  /** Whether events are listened to from the beginning; default yes. */
  readonly listens?: boolean;
  /** For failures, each kind at most once a minute. */
  readonly log: Pick<Log, 'warn'>;
  /** Ends it as close() does. */
  readonly signal: AbortSignal;
  /** `conntrack`, or a command that runs it. */
  readonly program?: readonly string[];
  /** Bytes for events that wait to be read; what has no room is lost, and made up for by a dump. */
  readonly buffer?: number;
  readonly times?: Partial<ConntrackTimes>;
}

export interface ConntrackWatch extends AsyncDisposable {
  /** Whether events are listened to from now on. They are a third of what a connection costs the
   *  host (measured); without them only dumps tell. */
  listen(on: boolean): void;
  /** Why nothing is known of the flows at present; undefined: they are known. */
  readonly problem: string | undefined;
  /** Reads all flows anew; settles when that is done, has failed, or is over by close(). */
  resync(): Promise<void>;
  /** Resolves when its children have ended. */
  close(): Promise<void>;
}

const TIMES: ConntrackTimes = {
  settle: 200,
  period: 30_000,
  dump: 20_000,
  retry: 1000,
};
/** The kernel grants twice as much, and an event takes some 4 KB of it: a burst of 2,000 connections
 *  while the reader does not run. Memory is taken only by events that wait. */
const BUFFER = 32 * 1024 * 1024;
const LISTEN = ['-E', '-o', 'id', '--dst-nat', '--buffer-size'];
const DUMPS = ['ipv4', 'ipv6'].map((family) => [
  '-L',
  '-o',
  'id',
  '--dst-nat',
  '-f',
  family,
]);

/** Tells the sink of every connection that the kernel sends to another destination, from now on:
 *  what is there by a dump, what happens by events. When the listener ends it is started again;
 *  when events were lost all flows are read anew, and once in a while in any case. Needs the program
 *  `conntrack`, and CAP_NET_ADMIN. The sink hears nothing after close(). */
export function watchConntrack(options: ConntrackOptions): ConntrackWatch {
  const { signal } = options;
  const stop = new AbortController();
  const abort = () => stop.abort();
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const bell = new Bell(stop.signal);
  let problem: string | undefined;
  const work = {
    ...options,
    dumped: (trouble: string | undefined) => {
      problem = trouble;
    },
    program: options.program ?? ['conntrack'],
    buffer: options.buffer ?? BUFFER,
    times: { ...TIMES, ...options.times },
    signal: stop.signal,
    warn: seldom(options.log),
    bell,
  };
  const listener = new Listener(work);
  listener.turn(options.listens ?? true);
  const dumps = dumpInTurn(work, listener);
  const close = async () => {
    abort();
    signal.removeEventListener('abort', abort);
    await Promise.all([listener.ended(), dumps]);
  };
  return {
    get problem() {
      return problem;
    },
    listen: (on) => listener.turn(on),
    resync: () => bell.ring(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Work {
  readonly sink: FlowSink;
  readonly program: readonly string[];
  readonly buffer: number;
  readonly times: ConntrackTimes;
  readonly signal: AbortSignal;
  readonly bell: Bell;
  warn(kind: 'listener' | 'dump', message: string): void;
  /** @param problem  why a dump has failed */
  dumped(problem: string | undefined): void;
}

/** Whoever listens to events, on and off. */
class Listener {
  readonly #work: Work;
  #off: AbortController | undefined;
  #ended: Promise<unknown> = Promise.resolve();

  constructor(work: Work) {
    this.#work = work;
  }

  get isOn(): boolean {
    return this.#off !== undefined;
  }

  turn(on: boolean): void {
    if (on === this.isOn) return;
    this.#off?.abort();
    this.#off = on ? new AbortController() : undefined;
    if (!this.#off) return;
    const signal = AbortSignal.any([this.#work.signal, this.#off.signal]);
    this.#ended = Promise.all([this.#ended, listen({ ...this.#work, signal })]);
  }

  /** Settles when its children have ended. */
  async ended(): Promise<void> {
    await this.#ended;
  }
}

async function listen(work: Work): Promise<void> {
  const { sink, program, buffer, times, signal, bell, warn } = work;
  const missed = () => void bell.ring();
  while (!signal.aborted) {
    missed(); // What began or ended while nobody listened.
    let last = '';
    const problem = await runLines(
      [...program, ...LISTEN, String(buffer)],
      {
        line: (line) => tell(sink, line),
        longLine: missed,
        complaint(line) {
          if (line.includes('ENOBUFS')) missed();
          last = line;
        },
      },
      signal,
    );
    if (signal.aborted) return;
    warn('listener', `connections are counted late: ${words(problem, last)}`);
    await pause(times.retry, signal);
  }
}

async function dumpInTurn(work: Work, listener: Listener): Promise<void> {
  const { bell, times, signal } = work;
  while (!signal.aborted) {
    await bell.rung(times.period);
    if (listener.isOn) await pause(times.settle, signal);
    const answer = bell.take();
    if (!signal.aborted) await dump(work);
    answer();
  }
}

async function dump({
  sink,
  program,
  times,
  signal,
  warn,
  dumped,
}: Work): Promise<void> {
  using limit = new TimeLimit(times.dump, signal);
  sink.begin();
  let problem: string | undefined;
  for (const args of DUMPS)
    problem ??= await dumpOne(sink, [...program, ...args], limit.signal);
  if (limit.signal.aborted)
    problem ??= words(`it took more than ${times.dump / 1000} s`, '');
  dumped(problem);
  if (problem === undefined) {
    sink.end();
    return;
  }
  sink.abandon();
  if (!signal.aborted) warn('dump', `connections may be counted wrong: ${problem}`);
}

async function dumpOne(
  sink: FlowSink,
  command: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  let last = '';
  const problem = await runLines(
    command,
    {
      line: (line) => tell(sink, line),
      longLine() {},
      complaint(line) {
        last = line;
      },
    },
    signal,
  );
  return problem === undefined ? undefined : words(problem, last);
}

function tell(sink: FlowSink, line: string): void {
  const event = flowEvent(line);
  if (event) sink.event(event);
}

function words(problem: string | undefined, last: string): string {
  return `conntrack: ${[problem ?? 'it ended', last].filter(Boolean).join(', ')}`;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {}); // Cut short by the end.
}
