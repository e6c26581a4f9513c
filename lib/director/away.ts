import { isByName } from '../model/by-name.ts';
import type { Override } from '../model/override.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import type { Pool } from '../pool/pool.ts';

/** More are not kept: the oldest goes first. */
const MOST = 1_000;

/** What operators have changed of servers that their names do not name at the moment: one who was drained by
 *  hand, and whose record goes and comes, is drained when it is back. It ends with the director. */
export class Away {
  readonly #overrides = new Map<string, Override>();

  /** Of the servers that come back with that service.
   *  @param before  the pool that they are not in, and others may have been in */
  follow(before: Pool, service: VirtualService): ReadonlyMap<string, Override> {
    if (service.options.realsFrom.length === 0) this.#overrides.clear();
    this.#leave(before, service);
    const back = new Map<string, Override>();
    for (const { id, from } of service.reals) {
      const override = this.#overrides.get(id);
      if (override && from !== undefined) back.set(id, override);
      this.#overrides.delete(id);
    }
    return back;
  }

  #leave({ reals }: Pool, service: VirtualService): void {
    const ids = new Set(service.reals.map(({ id }) => id));
    for (const { configured, override } of reals)
      if (override && !ids.has(configured.id) && isByName(configured, service))
        this.#overrides.set(configured.id, override);
    for (const oldest of this.#overrides.keys()) {
      if (this.#overrides.size <= MOST) break;
      this.#overrides.delete(oldest);
    }
  }
}
