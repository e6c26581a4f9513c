import type { ConnectionSink } from '../../model/connection-log.ts';
import type { Log } from '../../model/log.ts';
import { type AppendEvents, type Appender, appendTo } from './append.ts';
import { LeftPlaces } from './left-places.ts';
import { syslogLines, syslogProblem } from './syslog.ts';

/** The connection log's one owner: engines give it lines, the config says where they go. */
export interface ConnectionLog extends ConnectionSink {
  /** Lines that were dropped since the start: nobody took them, or there was no room. */
  readonly dropped: number;
  /** After a reload: where lines go from now on. What waits for the old place is still written. */
  follow(place: string): void;
  /** Opens the same place anew. */
  reopen(): void;
  /** Flushes. @returns false when a write is stuck after `timeoutMs` */
  close(timeoutMs: number): Promise<boolean>;
}

/** Some seconds of all that a director can forward, 15 MB. */
const LIMIT = 100_000;
/** Between two lines in the director's log about lost ones. */
const QUIET_MS = 60_000;

/** Opens a place; the first time when there is a line for it.
 *  @param events  whom the owner of a file tells */
export type OpenPlace = (place: string, events: AppendEvents) => Appender;

/** @param place  a path, or a syslog facility
 *  @param open   a test gives its own */
export function createConnectionLog(
  place: string,
  log: Log,
  open: OpenPlace = opener(log),
): ConnectionLog {
  const losses = new Losses(log);
  const left = new LeftPlaces();
  let current = place;
  let target: Appender | undefined;
  let untaken = 0;
  const dropped = () => untaken + left.dropped + (target?.dropped ?? 0);
  const events: AppendEvents = {
    lost: (_, reason) => {
      losses.tell(dropped(), reason);
      return '';
    },
    failing: (reason) =>
      log.error(`Cannot write to connections-file ${current}: ${reason}`),
  };

  function leave(): void {
    if (target) left.leave(target);
    target = undefined;
  }

  return {
    write(text, lines, lostBefore) {
      target ??= open(current, events);
      target.push(text, lines);
      if (lostBefore === 0) return;
      untaken += lostBefore;
      losses.tell(dropped(), 'more than can be taken');
    },
    get dropped() {
      return dropped();
    },
    follow(next) {
      if (next === current) return;
      leave();
      current = next;
    },
    reopen: leave,
    async close(timeoutMs) {
      const flushed = await Promise.all([
        left.closed(),
        target?.close(timeoutMs) ?? true,
      ]);
      losses.tellRest(dropped());
      return flushed.every(Boolean);
    },
  };
}

/** Says in the director's log that lines were lost, now and then. */
class Losses {
  readonly #log: Log;
  /** Of those that were lost last. */
  #reason = '';
  #told = 0;
  #toldAt = -Infinity;

  constructor(log: Log) {
    this.#log = log;
  }

  /** @param count  all since the start */
  tell(count: number, reason: string): void {
    this.#reason = reason;
    const now = performance.now();
    if (count === this.#told || now - this.#toldAt < QUIET_MS) return;
    this.tellRest(count);
    this.#toldAt = now;
  }

  /** At the end: what was kept back until now. */
  tellRest(count: number): void {
    const lines = count - this.#told;
    if (lines === 0) return;
    this.#log.warn(
      `${lines} lines of the connection log were dropped: ${this.#reason}`,
    );
    this.#told = count;
  }
}

function opener(log: Log): OpenPlace {
  return (place, events) => {
    if (place.startsWith('/')) return appendTo(place, events, LIMIT);
    const problem = syslogProblem(place, undefined, 'connections-file');
    if (problem === undefined) return syslogLines(place, events.lost, { limit: LIMIT });
    log.error(`No connection log: ${problem}`);
    return nowhere(events);
  };
}

/** All that it is given is lost. */
function nowhere({ lost }: AppendEvents): Appender {
  let dropped = 0;
  return {
    push(_, lines = 1) {
      dropped += lines;
      lost(lines, 'there is no place for them');
    },
    get dropped() {
      return dropped;
    },
    close: async () => true,
  };
}
