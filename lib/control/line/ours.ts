import type { PlannedChange, ReloadOutcome } from '../../director/plan.ts';
import type { DirectorEvent } from '../../model/event.ts';
import { MOST_CHECKS } from '../../model/status.ts';
import { type Caller, type Command, Failure, type Room, TOO_MANY } from './command.ts';
import { eventLine } from './event-line.ts';
import { target } from './targets.ts';

/** Commands that HAProxy's workers do not have, or have in another sense. */
export const OURS: readonly Command[] = [
  {
    name: 'drain',
    takes: '<service>/<real> <time>',
    doc: 'let nobody new in, wait as long as that, end the rest; answers when it is empty',
    changes: true,
    waits: true,
    run: drain,
  },
  {
    name: 'reload',
    takes: '',
    doc: 'read the configuration file again',
    changes: true,
    waits: true,
    run: async (_, room, caller) => outcomeText(await room.reload(await caller.by())),
  },
  {
    name: 'show plan',
    takes: '',
    doc: 'what "reload" would change',
    waits: true,
    run: async (_, room) => outcomeText(await room.plan()),
  },
  {
    name: 'show check',
    takes: '<service>/<real>',
    doc: `the last ${MOST_CHECKS} results of a real server's checks`,
    run: showCheck,
  },
  {
    name: 'show events',
    takes: '[-w] [-n]',
    doc: 'what happened; -w waits for more until a key is pressed, -n leaves out the past',
    run: showEvents,
  },
];

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };
const LONGEST_S = 86_400;

async function drain(
  [name, text = '']: readonly string[],
  room: Room,
  caller: Caller,
): Promise<string> {
  const { service, real } = target(await room.status(0), name);
  const [, number = '', unit = 's'] = /^(\d{1,9})([smh])?$/.exec(text) ?? [];
  const seconds = Number(number || Number.NaN) * (UNITS[unit] ?? 1);
  if (!(seconds <= LONGEST_S))
    throw new Failure('Expects a time, a day at most, as in "90", "10m" or "1h".');
  const ref = { service: service.id, real: real.id };
  const order = { withinMs: seconds * 1000, by: await caller.by() };
  const {
    ended,
    forgotten,
    seconds: took,
    warning,
  } = await room.desk.drain(ref, order);
  const done = `Empty after ${Math.round(took)} s: ${ended} connections ended, ${forgotten} persistence entries forgotten`;
  return warning === undefined ? done : `${done}\nWarning: ${warning}`;
}

/** As HAProxy's master answers `reload`. */
function outcomeText(outcome: ReloadOutcome): string {
  const lines = outcome.ok
    ? [...outcome.changes.map(changeLine), ...outcome.warnings]
    : outcome.errors;
  return [`Success=${outcome.ok ? 1 : 0}`, '--', ...lines].join('\n');
}

function changeLine({ type, service, real, values }: PlannedChange): string {
  const place = [service ?? 'global', real].filter(Boolean).join('/');
  const differences = values.map(
    ({ name, old, new: is }) =>
      `${name} ${JSON.stringify(old)} -> ${JSON.stringify(is)}`,
  );
  return [`${type} ${place}`, differences.join(', ')].filter(Boolean).join(': ');
}

async function showCheck([name]: readonly string[], room: Room): Promise<string> {
  const { real } = target(await room.status(MOST_CHECKS), name);
  const lines = (real.checks ?? []).map(
    ({ at, durationMs, up, made, message }) =>
      `${at} ${up ? 'up' : 'down'} ${made ?? '-'} ${Math.round(durationMs)}ms ${message}`,
  );
  return ['# time result check duration message', ...lines].join('\n');
}

/** More lines behind the reader than that, and the oldest are not told. */
const MOST_WAITING = 1_000;

async function showEvents(
  words: readonly string[],
  { desk: { events } }: Room,
  { hold, say, enough }: Caller,
): Promise<string> {
  const past = words.includes('-n') ? [] : events.since(0);
  if (!words.includes('-w')) return past.map(eventLine).join('\n');
  if (!hold('follower')) throw new Failure(TOO_MANY);
  let waiting: DirectorEvent[] = [...past];
  let wake = () => {};
  using _observing = events.observe((event) => {
    waiting.push(event);
    if (waiting.length > MOST_WAITING) waiting.shift();
    wake();
  });
  enough.addEventListener('abort', () => wake());
  while (!enough.aborted) {
    const now = waiting;
    waiting = [];
    if (now.length > 0) await say(`${now.map(eventLine).join('\n')}\n`);
    else
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (enough.aborted) resolve();
      });
  }
  return '';
}
