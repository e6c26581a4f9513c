import type { Log } from '../model/log.ts';
import type { EndingDrain, RealRef } from '../model/override.ts';
import type { Traffic } from '../model/traffic.ts';
import { type Drained, NotPossible, type WaitingDrain } from './desk.ts';
import { drained } from './drain.ts';

/** Why a drain is not waited for any more. */
const WISHED = 'something else was wished of it before it was empty';
const CHANGED = 'its line in the config has changed, and it takes clients again';
const ENDED = 'the director has ended, or handed over, before it was empty';

/** What is to be empty, and until when. */
export interface DrainTask {
  readonly ref: RealRef;
  readonly by: string;
  /** To its deadline, in milliseconds. */
  readonly leftMs: number;
  /** As log lines name it: `real server: ... (...)`. */
  readonly about: string;
  /** Settles when the server takes no new clients; absent: it takes none. */
  readonly changed?: Promise<unknown> | undefined;
}

/** A drain that waits for its server to be empty. */
interface Waiting extends Pick<DrainTask, 'ref' | 'by'> {
  /** As `performance.now()`. */
  readonly deadline: number;
  /** The same by the wall clock. */
  readonly at: string;
  readonly control: AbortController;
}

interface Parties {
  readonly traffic: Traffic;
  readonly log: Log;
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** What {@link Drains.ending} says is to outlive this process. */
  changed(): unknown;
}

/** Drains under way, one a real server. To be disposed of at the director's end: those that wait reject. */
export class Drains implements Disposable {
  readonly #parties: Parties;
  /** By service and real server. */
  readonly #waiting = new Map<string, Waiting>();

  constructor(parties: Parties) {
    this.#parties = parties;
  }

  waiting(): readonly WaitingDrain[] {
    const now = performance.now();
    return this.#going().map(({ ref: { service, real }, by, deadline }) => ({
      ...{ service, real, by },
      leftMs: Math.max(0, deadline - now),
    }));
  }

  /** The same by the wall clock, which a successor that knows nothing of this process goes by. */
  ending(): readonly EndingDrain[] {
    return this.#going().map(({ ref, at, by }) => ({ ...ref, at, by }));
  }

  #going(): readonly Waiting[] {
    return [...this.#waiting.values()].filter(({ control }) => !control.signal.aborted);
  }

  /** Something else is wished of that server: a drain of it is over. */
  overrule(ref: RealRef): void {
    this.#waiting.get(key(ref))?.control.abort(WISHED);
  }

  /** Reload: of a server that takes clients again no drain goes on, for its deadline would end what came since.
   *  @param isBack  whether it is in the config and nothing is wished of its state any more */
  review(isBack: (ref: RealRef) => boolean): void {
    for (const { ref, control } of this.#waiting.values())
      if (isBack(ref)) control.abort(CHANGED);
  }

  /** Settles when the server is empty. @throws NotPossible when it was overruled before */
  async emptied({ ref, by, leftMs, about, changed }: DrainTask): Promise<Drained> {
    const control = new AbortController();
    const { traffic, log, now } = this.#parties;
    const at = new Date(now() + leftMs).toISOString();
    const waiting = { ref, by, control, at, deadline: performance.now() + leftMs };
    this.#waiting.set(key(ref), waiting);
    this.#parties.changed();
    try {
      await changed;
      const done = await drained(ref, traffic, leftMs, control.signal);
      log.info(`Drained ${about} (${done.ended} connections ended)`);
      return done;
    } catch (error) {
      if (!control.signal.aborted) throw error;
      throw new NotPossible(`${ref.real}: ${control.signal.reason}`);
    } finally {
      if (this.#waiting.get(key(ref)) === waiting) this.#waiting.delete(key(ref));
      // Those that the director's end has ended go on with the next one.
      if (control.signal.reason !== ENDED) this.#parties.changed();
    }
  }

  /** The same where nobody waits for it: the log says how it ends. Never rejects. */
  async go(task: DrainTask): Promise<void> {
    await this.emptied(task).catch((error: unknown) => {
      if (!(error instanceof NotPossible))
        this.#parties.log.error(`Not drained: ${task.about}: ${String(error)}`);
    });
  }

  [Symbol.dispose](): void {
    for (const { control } of this.#waiting.values()) control.abort(ENDED);
  }
}

function key({ service, real }: RealRef): string {
  return `${service} ${real}`;
}
