import type { DirectorEvent, Happening } from '../model/event.ts';
import type { EventLog } from './desk.ts';

const KEPT = 1_000;

/** The event log and its one end to write to. */
export interface WritableEventLog extends EventLog {
  tell(happening: Happening): void;
}

/** @param now  wall clock, milliseconds since 1970 */
export function createEventLog(now: () => number): WritableEventLog {
  const kept: DirectorEvent[] = [];
  const observers = new Set<(event: DirectorEvent) => void>();
  let last = 0;

  return {
    tell(happening) {
      last++;
      const event = { ...happening, id: last, at: new Date(now()).toISOString() };
      kept.push(event);
      // Half of them at once: to take one off the front moves all the others.
      if (kept.length === 2 * KEPT) kept.splice(0, KEPT);
      for (const observer of observers) observer(event);
    },
    since(id) {
      const first = last - Math.min(kept.length, KEPT) + 1;
      // An id from before the director began anew: it is not known what was missed.
      const from = id > last ? first : Math.max(first, id + 1);
      return kept.slice(kept.length - (last - from + 1));
    },
    observe(on) {
      const observer = (event: DirectorEvent) => on(event);
      observers.add(observer);
      return { [Symbol.dispose]: () => void observers.delete(observer) };
    },
  };
}
