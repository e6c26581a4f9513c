import { setTimeout as delay } from 'node:timers/promises';
import { CALLS } from '../control/calls.ts';
import { follow } from '../control/follow.ts';
import { EXIT } from '../instance/launch.ts';
import type { DirectorEvent } from '../model/event.ts';
import { reasonOf } from '../model/reason.ts';
import type { Context } from './context.ts';
import { type Director, directorOf } from './director.ts';
import { eventLine } from './event-words.ts';
import { printable, printableJson } from './show-text.ts';

/** Of what is kept, shown before those that come, as `tail -f` does. */
const KEPT_SHOWN = 10;
const AGAIN_MS = 1_000;

/** `events [-f] [--json]`: what happened, and with -f what happens. */
export async function events(context: Context): Promise<number> {
  const { line, out } = context;
  const write = (event: DirectorEvent) =>
    out(line.json ? printableJson(event, 0) : eventLine(event));
  const director = directorOf(context);
  const { events: kept } = await director.ask(CALLS.events(0));
  const shown = line.follow ? kept.slice(-KEPT_SHOWN) : kept;
  shown.forEach(write);
  if (line.follow) await onwards(context, director, kept.at(-1)?.id ?? 0, write);
  return EXIT.done;
}

/** Until the reader of our output goes away. A director that goes is waited for, since one that is
 *  restarted is still the one to be followed. */
async function onwards(
  { err }: Context,
  director: Director,
  since: number,
  write: (event: DirectorEvent) => void,
): Promise<void> {
  const gone = new AbortController();
  process.stdout.once('error', () => gone.abort());
  let { pid } = await director.status();
  let last = since;
  while (!gone.signal.aborted) {
    try {
      for await (const event of follow(director.socket, last, gone.signal)) {
        last = event.id;
        write(event);
      }
    } catch (error) {
      err(`lost: ${printable(reasonOf(error))}`);
      const found = await back(director, gone.signal);
      if (found !== pid) last = 0; // another process counts its events anew
      pid = found;
      err('the director answers again');
    }
  }
}

/** @returns the pid of the director that answers at last */
async function back(director: Director, signal: AbortSignal): Promise<number> {
  for (;;) {
    await delay(AGAIN_MS, undefined, { signal });
    const found = await director.status().catch(() => undefined);
    if (found !== undefined) return found.pid;
  }
}
