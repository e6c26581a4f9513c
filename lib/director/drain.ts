import { setTimeout as delay } from 'node:timers/promises';
import type { RealRef } from '../model/override.ts';
import type { Traffic } from '../model/traffic.ts';
import type { Drained } from './desk.ts';

/** How often it is looked: the first looks are soon, for a server that has nothing. */
const FIRST_LOOK_MS = 50;
const LOOK_MS = 500;
/** A look at a kernel's large table costs: it rests so many times as long. */
const REST = 10;
/** So many looks in a row may fail: a worker thread that has no processor for some seconds, or a director
 *  before this one, does not answer, and that passes. */
const FAILURES = 6;
/** What came in while the engine took its table in can be ended a few times more. */
const ENDINGS = 10;

/** Waits until nothing goes to a real server any more, which takes no new clients; what is left at the
 *  deadline is ended.
 *  @param withinMs    on the monotonic clock, from now on; Infinity: all may end by itself
 *  @param mostLookMs  from look to look at the most
 *  @throws  the signal's reason when it aborts, or what the engine says again and again */
export async function drained(
  { service, real: server }: RealRef,
  traffic: Traffic,
  withinMs: number,
  signal: AbortSignal,
  mostLookMs = LOOK_MS,
): Promise<Drained> {
  const filter = { service, server };
  const begin = performance.now();
  const look = patientLook(filter, traffic);
  let ended = 0;
  let forgotten = 0;
  let endings = 0;
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 2, mostLookMs)) {
    const looked = performance.now();
    const going = await look(signal);
    if (going === NOTHING) break;
    const now = performance.now();
    const left = begin + withinMs - now;
    if (left <= 0) {
      if (going && endings++ === ENDINGS)
        throw new Error(
          `${going.open} connections of ${server} do not end, and ${going.persisting} clients persist`,
        );
      // First what would lead clients here again. Where that fails, the next look tells.
      forgotten += await traffic.forget(filter).catch(() => 0);
      ended += await traffic.end(filter).catch(() => 0);
    }
    const rest = Math.max(pauseMs, (now - looked) * REST);
    await delay(left > 0 ? Math.min(rest, left) : pauseMs, undefined, { signal });
  }
  return { ended, forgotten, seconds: (performance.now() - begin) / 1000 };
}

/** What goes to a server. */
interface Going {
  readonly open: number;
  readonly persisting: number;
}

const NOTHING: Going = { open: 0, persisting: 0 };

/** Looks what goes to a server; undefined: that is not known at present. Rejects when it was not so many
 *  times in a row, or at the abort. */
function patientLook(
  filter: { readonly service: string; readonly server: string },
  traffic: Traffic,
): (signal: AbortSignal) => Promise<Going | undefined> {
  let failures = 0;
  return async (signal) => {
    const asked = [traffic.connections(filter, 0), traffic.persistence(filter, 0)];
    try {
      const [open = 0, persisting = 0] = (await Promise.all(asked)).map(
        ({ total }) => total,
      );
      failures = 0;
      return open + persisting === 0 ? NOTHING : { open, persisting };
    } catch (error) {
      if (++failures === FAILURES) throw error;
      return undefined;
    } finally {
      signal.throwIfAborted();
    }
  };
}
