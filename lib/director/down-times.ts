import { counted, type DownCount, downMs, NEVER_DOWN } from '../model/down-count.ts';
import type { RealStatus } from '../model/status.ts';
import type { Pool } from '../pool/pool.ts';

/** The down times of a service's real servers, by their ids, since each came into the configuration. */
export class DownTimes {
  readonly #known = new Map<string, DownCount>();

  /** The pool has taken a report on the server.
   *  @param at  wall clock, milliseconds since 1970 */
  note(
    { reals, index }: Pick<Pool, 'reals' | 'index'>,
    realId: string,
    at: number,
  ): void {
    const known = this.#known.get(realId) ?? NEVER_DOWN;
    const down = reals[index.get(realId) ?? -1]?.state === 'down';
    if (down === (known.since !== undefined)) return;
    this.#known.set(realId, counted(known, { fell: down, down }, at));
  }

  /** @param now  wall clock, milliseconds since 1970 */
  of(realId: string, now: number): Pick<RealStatus, 'downs' | 'downSeconds'> {
    const known = this.#known.get(realId) ?? NEVER_DOWN;
    return { downs: known.downs, downSeconds: downMs(known, now) / 1000 };
  }

  /** Forgets every other server. */
  keep(realIds: { has(id: string): boolean }): void {
    for (const id of this.#known.keys()) if (!realIds.has(id)) this.#known.delete(id);
  }
}
