import { setTimeout as delay } from 'node:timers/promises';
import { CALLS, type Call } from '../control/calls.ts';
import { EXIT } from '../instance/launch.ts';
import type { RealRef } from '../model/override.ts';
import type { RealStatus, StatusDocument } from '../model/status.ts';
import type { Context } from './context.ts';
import { calledAs, type Director, directorOf } from './director.ts';
import { createProgress, type Progress } from './progress.ts';
import { humanSpan, printable, printableJson } from './show-text.ts';
import { realNamed } from './targets.ts';
import { timeOf } from './time-text.ts';
import { called, warn } from './weight.ts';

const WITHIN = '10m';
/** A director ends what is left at the deadline; this is for the answer. */
const ANSWER_MS = 30_000;
const LOOK_MS = 500;

/** `drain REAL [--within TIME]`: no new connections; returns when it is empty, also where an upgrade comes
 *  in between. Ctrl-C ends the wait and nothing else. */
export async function drain(context: Context): Promise<number> {
  const { line, out } = context;
  const withinMs = timeOf('within', line.within ?? WITHIN);
  const director = directorOf(context);
  const document = await director.status();
  const ref = realNamed(document, line.operands[0] ?? '');
  const order = { ref, endAt: performance.now() + withinMs };
  using interrupt = onInterrupt();
  using progress = createProgress(process.stderr);
  const finished = new AbortController();
  const watching = watch(director, order, progress, finished.signal);
  try {
    const drained = await emptied(director, order, document.pid, interrupt.signal);
    finished.abort();
    await watching;
    progress[Symbol.dispose]();
    warn(context, drained);
    out(line.json ? printableJson({ ...ref, ...drained }) : words(ref, drained));
    return EXIT.done;
  } catch (error) {
    finished.abort();
    await watching;
    if (!interrupt.signal.aborted) throw error;
    progress[Symbol.dispose]();
    return interrupted(context, order);
  }
}

interface Order {
  readonly ref: RealRef;
  /** On the monotonic clock, milliseconds. */
  readonly endAt: number;
}

type Drained = ReturnType<typeof CALLS.drain> extends Call<infer T> ? T : never;

/** A director that hands over lets go who waits, when its successor is at work and has the drain: that is
 *  asked then, for what is left of the time.
 *  @param pid  of the director that was seen last */
async function emptied(
  director: Director,
  { ref, endAt }: Order,
  pid: number,
  signal: AbortSignal,
): Promise<Drained> {
  const begun = performance.now();
  let asked = pid;
  for (;;) {
    const now = performance.now();
    const leftMs = Math.max(0, endAt - now);
    try {
      const drained = await director.ask(CALLS.drain(ref, Math.ceil(leftMs / 1000)), {
        timeoutMs: Math.ceil(leftMs) + ANSWER_MS,
        signal,
      });
      return { ...drained, seconds: drained.seconds + (now - begun) / 1000 };
    } catch (error) {
      if (signal.aborted) throw error;
      const successor = await successorOf(director, ref, asked);
      if (successor === undefined) throw error;
      asked = successor;
    }
  }
}

/** @returns its pid; undefined: there is none, or the server is not in drain there */
async function successorOf(
  director: Director,
  ref: RealRef,
  before: number,
): Promise<number | undefined> {
  const document = await director.status().catch(() => undefined);
  if (document === undefined || document.pid === before) return undefined;
  const isDrained = realIn(document, ref)?.override?.state === 'drain';
  return isDrained ? document.pid : undefined;
}

function words(ref: RealRef, { ended, forgotten, seconds }: Drained): string {
  const rest = [
    ...(ended > 0 ? [`${count(ended, 'connection')} had to be ended`] : []),
    ...(forgotten > 0 ? [`${count(forgotten, 'client')} forgotten`] : []),
  ];
  const after = `after ${humanSpan(Math.round(seconds))}`;
  return `${called(ref)}: empty ${after}${rest.length > 0 ? ` (${rest.join(', ')})` : ''}; it stays in drain`;
}

function interrupted(context: Context, { ref, endAt }: Order): number {
  const left = humanSpan((endAt - performance.now()) / 1000);
  context.err(
    `${called(ref)} stays in drain; what is left in ${left} is ended then. Back with: ${printable(`${calledAs(context)} enable ${ref.service}/${ref.real}`)}`,
  );
  return EXIT.interrupted;
}

/** Says how many connections are left, until told to end. A director that does not answer now is
 *  asked again: the drain itself tells of its end. */
async function watch(
  director: Director,
  { ref, endAt }: Order,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const left = await connectionsOf(director, ref).catch(() => undefined);
    if (left !== undefined && !signal.aborted) {
      const time = humanSpan((endAt - performance.now()) / 1000);
      progress.show(`${ref.real}: ${count(left, 'connection')} left, ${time} for them`);
    }
    await delay(LOOK_MS, undefined, { signal }).catch(() => {});
  }
}

async function connectionsOf(director: Director, ref: RealRef): Promise<number> {
  const real = realIn(await director.status(), ref);
  return real === undefined ? 0 : openOf(real);
}

function realIn({ services }: StatusDocument, ref: RealRef): RealStatus | undefined {
  const service = services.find(({ id }) => id === ref.service);
  return service?.reals.find(({ id }) => id === ref.real);
}

/** Connections that are not over. */
export function openOf({ activeConnections, inactiveConnections }: RealStatus): number {
  return activeConnections + inactiveConnections;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Ctrl-C as a signal, as long as it is not disposed. */
function onInterrupt(): Disposable & { readonly signal: AbortSignal } {
  const stop = new AbortController();
  const heard = () => stop.abort();
  process.once('SIGINT', heard);
  return {
    signal: stop.signal,
    [Symbol.dispose]: () => void process.off('SIGINT', heard),
  };
}
