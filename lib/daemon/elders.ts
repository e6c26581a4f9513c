import { setTimeout as delay } from 'node:timers/promises';
import {
  ask,
  type Begun,
  type Call,
  ESTATE_CALLS,
  Refused,
  Strange,
} from '../control/index.ts';
import type { Director } from '../director/director.ts';
import type { LeftServer } from '../director/elder-cuts.ts';
import type { TrafficSource } from '../director/traffic.ts';
import { estateSocket } from '../instance/beside.ts';
import type { Launch } from '../instance/launch.ts';
import { isAlive, type ProcessIdentity } from '../instance/process.ts';
import { NOTHING_LISTED } from '../model/listed.ts';
import type { Log } from '../model/log.ts';
import { reasonOf } from '../model/reason.ts';
import type { ConnectionFilter } from '../model/traffic.ts';
import type { Children } from './children.ts';

/** The directors before this one, which may still have connections open. */
export interface Elders {
  /** One each. Persistence is not theirs any more: it leads nobody there. */
  sources(): readonly TrafficSource[];
  /** What the last of them had begun; undefined: it has ended, and that with it. */
  begun(): Promise<Begun | undefined>;
  /** The real servers of the last of them that lives, as it handed over.
   *  @throws Refused, status 404, where it is of a version that does not tell */
  servers(): Promise<readonly LeftServer[]>;
  /** Settles when the last of them takes no more clients, and those that persist are on disk; or when it has
   *  ended. */
  left(): Promise<void>;
}

/** Nobody waits for what is only taken over. */
const ANSWER_MS = 10_000;
const PATIENCE_MS = 5_000;
const AGAIN_MS = 100;

type Ask = <T>(elder: ProcessIdentity, call: Call<T>) => Promise<T | undefined>;

/** @param patienceMs  how long one may not answer before that is told. What a client of the control socket
 *                     waits for has no longer in all: its answer, with what others have, comes within 8 s */
export function createElders(
  {
    instance,
    predecessor,
    elders = [],
  }: Pick<Launch, 'instance' | 'predecessor' | 'elders'>,
  patienceMs = PATIENCE_MS,
): Elders {
  const line = [predecessor ?? [], elders].flat();
  const within =
    (answerMs: number): Ask =>
    (elder, call) =>
      answered(elder, estateSocket(instance.socket, elder.pid), call, {
        patienceMs,
        answerMs,
      });
  const [soon, late] = [within(patienceMs), within(ANSWER_MS)];
  return {
    sources: () => line.filter(isAlive).map((elder) => sourceOf(elder, soon)),
    begun: async () => predecessor && late(predecessor, ESTATE_CALLS.begun()),
    async servers() {
      const last = line.find(isAlive);
      return (last && (await late(last, ESTATE_CALLS.servers())))?.servers ?? [];
    },
    async left() {
      if (predecessor) await late(predecessor, ESTATE_CALLS.left());
    },
  };
}

/** Goes on with what the director before had begun, where it still says so. */
export async function inherit(
  elders: Elders,
  director: Pick<Director, 'desk'>,
  children: Pick<Children, 'adopt'>,
  log: Log,
): Promise<void> {
  try {
    const begun = await elders.begun();
    children.adopt(begun?.children ?? []);
    for (const drain of begun?.drains ?? []) void director.desk.resume(drain);
  } catch (error) {
    log.error(
      `Drains that wait and children of execute are not taken over: ${reasonOf(error)}`,
    );
  }
}

/** As {@link Elders.servers}; undefined where that cannot be known: then it is logged. Never rejects. */
export async function serversLeft(
  elders: Pick<Elders, 'servers'>,
  log: Log,
): Promise<readonly LeftServer[] | undefined> {
  try {
    return await elders.servers();
  } catch (error) {
    if (isUnknown(error))
      log.info(
        'The director before is of a version that does not tell its real servers: connections there to one that has left the configuration since go on',
      );
    else
      log.error(
        `Connections to real servers that the configuration does not have any more may go on: ${reasonOf(error)}`,
      );
    return undefined;
  }
}

/** An earlier version has no such question. */
function isUnknown(error: unknown): boolean {
  const { cause } = error instanceof Error ? error : {};
  return cause instanceof Refused && cause.status === 404;
}

interface Limits {
  /** So long it is asked again. */
  readonly patienceMs: number;
  /** And all of it takes no longer. */
  readonly answerMs: number;
}

/** @returns undefined: it has ended, and all with it
 *  @throws  Error in words for the operator */
async function answered<T>(
  elder: ProcessIdentity,
  socket: string,
  call: Call<T>,
  { patienceMs, answerMs }: Limits,
): Promise<T | undefined> {
  const begun = performance.now();
  while (isAlive(elder))
    try {
      const leftMs = Math.ceil(begun + answerMs - performance.now());
      return await ask(socket, { ...call, timeoutMs: Math.max(leftMs, AGAIN_MS) });
    } catch (error) {
      // At its end it does not answer any more.
      const isAnswer = error instanceof Refused || error instanceof Strange;
      if (isAnswer || performance.now() > begun + patienceMs)
        throw new Error(
          `what pid ${elder.pid}, which has handed over, still has open cannot be ${call.method === 'DELETE' ? 'ended' : 'known'}: ${reasonOf(error)}`,
          { cause: error },
        );
      await delay(AGAIN_MS);
    }
  return undefined;
}

/** Its connections, by ids that none of this director's has: `p1234-n1-17`. */
function sourceOf(elder: ProcessIdentity, question: Ask): TrafficSource {
  const mark = `p${elder.pid}-`;
  /** Undefined: it is none of them. */
  const theirs = (filter: ConnectionFilter): ConnectionFilter | undefined => {
    const { id } = filter;
    if (id === undefined) return filter;
    return id.startsWith(mark) ? { ...filter, id: id.slice(mark.length) } : undefined;
  };
  const traffic: TrafficSource[1] = {
    async connections(filter, most) {
      const wanted = theirs(filter);
      const found =
        wanted && (await question(elder, ESTATE_CALLS.connections(wanted, most)));
      if (!found) return NOTHING_LISTED;
      const items = found.connections
        .slice(0, most)
        .map((one) => ({ ...one, id: mark + one.id }));
      return { items, total: found.total };
    },
    async end(filter) {
      const wanted = theirs(filter);
      const done = wanted && (await question(elder, ESTATE_CALLS.end(wanted)));
      return done?.ended ?? 0;
    },
    persistence: async () => NOTHING_LISTED,
    forget: async () => 0,
  };
  return [`of pid ${elder.pid}`, traffic];
}
