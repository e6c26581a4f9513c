import { setTimeout as delay } from 'node:timers/promises';
import type { RealRef } from '../model/override.ts';
import type { Traffic } from '../model/traffic.ts';
import type { Drained } from './desk.ts';

/** How often it is looked: the first looks are soon, for a server that has nothing. */
const FIRST_LOOK_MS = 50;
const LOOK_MS = 500;
/** A look at a kernel's large table costs: it rests so many times as long. */
const REST = 10;
/** What came in while the engine took its table in can be ended a few times more. */
const ENDINGS = 10;

/** Waits until nothing goes to a real server any more, which takes no new clients; what is left at the
 *  deadline is ended.
 *  @param withinMs  on the monotonic clock, from now on
 *  @throws  the signal's reason when it aborts, or what the engine says */
export async function drained(
  { service, real: server }: RealRef,
  traffic: Traffic,
  withinMs: number,
  signal: AbortSignal,
): Promise<Drained> {
  const filter = { service, server };
  const begin = performance.now();
  let ended = 0;
  let forgotten = 0;
  let endings = 0;
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 2, LOOK_MS)) {
    const looked = performance.now();
    const [open, persisting] = await Promise.all([
      traffic.connections(filter, 0),
      traffic.persistence(filter, 0),
    ]);
    signal.throwIfAborted();
    if (open.total === 0 && persisting.total === 0) break;
    const now = performance.now();
    const left = begin + withinMs - now;
    if (left <= 0) {
      if (endings++ === ENDINGS)
        throw new Error(
          `${open.total} connections of ${server} do not end, and ${persisting.total} clients persist`,
        );
      // First what would lead clients here again.
      forgotten += await traffic.forget(filter);
      ended += await traffic.end(filter);
    }
    const rest = Math.max(pauseMs, (now - looked) * REST);
    await delay(left > 0 ? Math.min(rest, left) : pauseMs, undefined, { signal });
  }
  return { ended, forgotten, seconds: (performance.now() - begin) / 1000 };
}
