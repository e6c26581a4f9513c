import type { EventLog } from '../../director/desk.ts';
import { counted, type DownCount, downMs, NEVER_DOWN } from '../../model/down-count.ts';
import type { DirectorEvent } from '../../model/event.ts';
import type { Cells } from './stat-columns.ts';
import type { StatRow } from './stat-rows.ts';

/** How servers and services came and went since the director started. */
export interface Turns extends Disposable {
  /** `chkdown`, `downtime`, and of a backend `lastchg`.
   *  @param now  wall clock, milliseconds since 1970 */
  cells(row: StatRow, now: number): Cells;
}

interface Turn extends DownCount {
  readonly changedAt: number;
}

const UP = new Set<string | null>(['up', 'drain', 'standby', 'panic', 'fallback']);
/** To take away is to go down, as HAProxy counts; maintenance is not counted as time that it was. */
const GONE = new Set<string | null>(['down', 'maintenance', 'failed']);

/** Counts from the events from now on. One entry a server or service, which goes with it. */
export function createTurns(events: EventLog): Turns {
  const turns = new Map<string, Turn>();

  const note = (event: DirectorEvent) => {
    if (event.type !== 'real' && event.type !== 'service') return;
    const key = keyOf(event.service, event.type === 'real' ? event.real : '');
    const at = Date.parse(event.at);
    if (event.to === null) turns.delete(key);
    else turns.set(key, turned(turns.get(key), event.from, event.to, at));
  };
  for (const event of events.since(0)) note(event);
  const observing = events.observe(note);

  return {
    cells({ kind, service, real, cells }, now) {
      if (kind === 'F' || cells.status === 'no check') return {};
      const turn = turns.get(keyOf(service, real));
      const count = {
        chkdown: turn?.downs ?? 0,
        downtime: Math.floor(downMs(turn ?? NEVER_DOWN, now) / 1000),
      };
      if (kind === 'S' || turn === undefined) return count;
      return {
        ...count,
        lastchg: Math.max(0, Math.floor((now - turn.changedAt) / 1000)),
      };
    },
    [Symbol.dispose]: () => observing[Symbol.dispose](),
  };
}

function turned(
  before: Turn | undefined,
  from: string | null,
  to: string,
  at: number,
): Turn {
  // A change of weight is none of state.
  if (before && from === to) return before;
  const fell = UP.has(from) && GONE.has(to);
  return {
    ...counted(before ?? NEVER_DOWN, { fell, down: to === 'down' }, at),
    changedAt: at,
  };
}

function keyOf(service: string, real: string): string {
  return `${service} ${real}`;
}
