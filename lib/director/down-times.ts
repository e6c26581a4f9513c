import type { Pool } from '../pool/pool.ts';

/** How often a real server went down, and for how long in all. */
export interface DownTime {
  readonly downs: number;
  readonly downSeconds: number;
}

const NEVER: DownTime = { downs: 0, downSeconds: 0 };

/** The down times of a service's real servers, by their ids, since each came into the configuration. */
export class DownTimes {
  readonly #known = new Map<string, Known>();

  /** The pool has taken a report on the server.
   *  @param at  wall clock, milliseconds since 1970 */
  note(
    { reals, index }: Pick<Pool, 'reals' | 'index'>,
    realId: string,
    at: number,
  ): void {
    const known = this.#known.get(realId);
    const isDown = reals[index.get(realId) ?? -1]?.state === 'down';
    if (isDown === (known?.since !== undefined)) return;
    const { downs = 0, ms = 0, since = at } = known ?? {};
    const next = isDown
      ? { downs: downs + 1, ms, since: at }
      : { downs, ms: ms + Math.max(0, at - since), since: undefined };
    this.#known.set(realId, next);
  }

  /** @param now  wall clock, milliseconds since 1970 */
  of(realId: string, now: number): DownTime {
    const known = this.#known.get(realId);
    if (!known) return NEVER;
    const { downs, ms, since = now } = known;
    return { downs, downSeconds: (ms + Math.max(0, now - since)) / 1000 };
  }

  /** Forgets every other server. */
  keep(realIds: { has(id: string): boolean }): void {
    for (const id of this.#known.keys()) if (!realIds.has(id)) this.#known.delete(id);
  }
}

interface Known {
  readonly downs: number;
  /** Of the times that are over. */
  readonly ms: number;
  /** When it went down; undefined: it is not. */
  readonly since: number | undefined;
}
