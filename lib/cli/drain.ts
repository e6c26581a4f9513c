import { setTimeout as delay } from 'node:timers/promises';
import { CALLS } from '../control/calls.ts';
import { EXIT } from '../instance/launch.ts';
import type { RealRef } from '../model/override.ts';
import type { RealStatus } from '../model/status.ts';
import type { Context } from './context.ts';
import { calledAs, type Director, directorOf } from './director.ts';
import { createProgress, type Progress } from './progress.ts';
import { humanSpan, printable, printableJson } from './show-text.ts';
import { realNamed } from './targets.ts';
import { timeOf } from './time-text.ts';
import { called } from './weight.ts';

const WITHIN = '10m';
/** A director ends what is left at the deadline; this is for the answer. */
const ANSWER_MS = 30_000;
const LOOK_MS = 500;

/** `drain REAL [--within TIME]`: no new connections; returns when it is empty. Ctrl-C ends the wait
 *  and nothing else. */
export async function drain(context: Context): Promise<number> {
  const { line, out } = context;
  const withinMs = timeOf('within', line.within ?? WITHIN);
  const director = directorOf(context);
  const ref = realNamed(await director.status(), line.operands[0] ?? '');
  const order = { ref, endAt: performance.now() + withinMs };
  using interrupt = onInterrupt();
  using progress = createProgress(process.stderr);
  const seconds = Math.ceil(withinMs / 1000);
  const finished = new AbortController();
  const watching = watch(director, order, progress, finished.signal);
  try {
    const drained = await director.ask(CALLS.drain(ref, seconds), {
      timeoutMs: withinMs + ANSWER_MS,
      signal: interrupt.signal,
    });
    finished.abort();
    await watching;
    progress[Symbol.dispose]();
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

function words(
  ref: RealRef,
  { ended, forgotten, seconds }: { ended: number; forgotten: number; seconds: number },
): string {
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
  const { services } = await director.status();
  const service = services.find(({ id }) => id === ref.service);
  const real = service?.reals.find(({ id }) => id === ref.real);
  return real === undefined ? 0 : openOf(real);
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
