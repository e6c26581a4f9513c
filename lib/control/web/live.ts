import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Desk } from '../../director/desk.ts';
import { reasonOf } from '../../model/reason.ts';
import type { StatusDocument } from '../../model/status.ts';
import { within } from '../../model/within.ts';
import { createAudience } from './audience.ts';
import { pictureOf } from './changes.ts';
import type { Message } from './wire.ts';

/** What all who look at the page see of the director, at the same time. */
export interface Live {
  readonly viewers: number;
  /** @param welcome  asked at each message; false: it is sent away */
  join(stream: ServerResponse, welcome: () => boolean): void;
  tell(message: Message): void;
  close(): void;
}

export interface LiveOptions {
  readonly status: (checks: number) => Promise<StatusDocument>;
  readonly desk: Pick<Desk, 'events'>;
}

const EVERY_MS = 1_000;
/** However long a collection takes, the director has as much time for its own work. */
const REST_MS = 250;
const COLLECT_MS = 5_000;
/** Of what has happened, the newest go with a picture. */
const EVENTS = 200;

/** Collects the status once a second, for all at once, and only while somebody looks. */
export function createLive({ status, desk }: LiveOptions): Live {
  const recent = () => desk.events.since(0).slice(-EVENTS);
  const audience = createAudience(recent);
  const observed = desk.events.observe((event) =>
    audience.tell({ type: 'event', event }),
  );
  const end = new AbortController();
  let running = false;

  async function collect(): Promise<void> {
    const late = () =>
      Promise.reject(new Error(`no answer within ${COLLECT_MS / 1000} s`));
    try {
      const document = await within(COLLECT_MS, status(0), late);
      audience.show(pictureOf(document, performance.now()));
    } catch (error) {
      audience.trouble(reasonOf(error));
    }
  }

  async function run(): Promise<void> {
    running = true;
    while (audience.size > 0 && !end.signal.aborted) {
      const began = performance.now();
      await collect();
      const left = Math.max(REST_MS, EVERY_MS - (performance.now() - began));
      await sleep(left, undefined, { signal: end.signal }).catch(() => undefined);
    }
    audience.forget();
    running = false;
  }

  return {
    get viewers() {
      return audience.size;
    },
    join(stream, welcome) {
      audience.add(stream, welcome);
      if (!running) void run();
    },
    tell: audience.tell,
    close() {
      end.abort();
      observed[Symbol.dispose]();
      audience.end();
    },
  };
}
