import { setTimeout as delay } from 'node:timers/promises';
import { CALLS } from '../control/calls.ts';
import { EXIT } from '../instance/launch.ts';
import type { StatusDocument } from '../model/status.ts';
import type { Context } from './context.ts';
import { type Director, directorOf } from './director.ts';
import { count, openOf } from './drain.ts';
import type { AIMS } from './options.ts';
import { printable } from './show-text.ts';
import { fullName, type Target, targetNamed } from './targets.ts';
import { timeOf } from './time-text.ts';

export type Aim = (typeof AIMS)[number];

const TIMEOUT = '60s';
const LOOK_MS = 250;

/** `wait [--for AIM] [REAL|SERVICE] [--timeout TIME]`: returns when it is so; {@link EXIT}.late when
 *  it is not in time. A director that does not answer yet is waited for; a name that there is not is
 *  an error at once. */
export async function wait(context: Context): Promise<number> {
  const { line } = context;
  const timeout = line.timeout ?? TIMEOUT;
  const timeoutMs = timeOf('timeout', timeout);
  const aim = line.for ?? 'ready';
  const end = performance.now() + timeoutMs;
  for (;;) {
    const { done, words } = await look(context, aim);
    if (done) context.out(printable(words));
    if (done) return EXIT.done;
    if (performance.now() >= end) {
      context.err(printable(`not ${aim} within ${timeout}: ${words}`));
      return EXIT.late;
    }
    await delay(LOOK_MS);
  }
}

interface Found {
  readonly done: boolean;
  /** How it is. */
  readonly words: string;
}

async function look(context: Context, aim: Aim): Promise<Found> {
  const [name] = context.line.operands;
  const director = directorOf(context);
  const document = await director.status().catch(String);
  if (typeof document === 'string')
    return { done: false, words: document.replace(/^Error: /, '') };
  const targets = name === undefined ? all(document) : [targetNamed(document, name)];
  const found = judge(targets, aim);
  return aim === 'empty' && found.done ? confirmed(director, targets, found) : found;
}

/** The status counts what this director carries; one that handed over to it may have clients still. */
async function confirmed(
  director: Director,
  targets: readonly Target[],
  found: Found,
): Promise<Found> {
  for (const target of targets) {
    const filter = { service: target.service.id, server: target.real?.id };
    const list = await director.ask(CALLS.connections(filter, 0)).catch(String);
    if (typeof list === 'string')
      return { done: false, words: list.replace(/^Error: /, '') };
    const { total } = list;
    if (total > 0)
      return {
        done: false,
        words: `${fullName(target)} has ${count(total, 'connection')}`,
      };
  }
  return found;
}

function all({ services }: StatusDocument): readonly Target[] {
  return services.map((service) => ({ service, real: undefined }));
}

/** Whether it is so for all of them; in words, of the first for which it is not. */
export function judge(targets: readonly Target[], aim: Aim): Found {
  const missing = targets.find((target) => !REACHED[aim](target));
  if (missing !== undefined) return { done: false, words: howIs(missing, aim) };
  const [first, ...more] = targets;
  const words =
    first === undefined
      ? 'there is no service'
      : more.length === 0
        ? howIs(first, aim)
        : `all ${targets.length} services are ${aim}`;
  return { done: true, words };
}

/** Of a service with its fallback in use: it is down, though somebody answers. */
const REACHED: Readonly<Record<Aim, (target: Target) => boolean>> = {
  ready: (target) => stateOf(target) !== 'starting',
  up: (target) => ['up', 'unchecked'].includes(stateOf(target)),
  down: (target) =>
    ['down', 'fallback', 'failed', 'maintenance', 'drain'].includes(stateOf(target)),
  empty: (target) => connectionsOf(target) === 0,
};

function stateOf({ service, real }: Target): string {
  return (real ?? service).state;
}

function connectionsOf({ service, real }: Target): number {
  const reals = real === undefined ? service.reals : [real];
  return reals.reduce((sum, each) => sum + openOf(each), 0);
}

function howIs(target: Target, aim: Aim): string {
  const name = fullName(target);
  return aim === 'empty'
    ? `${name} has ${count(connectionsOf(target), 'connection')}`
    : `${name} is ${stateOf(target)}`;
}
