import type { LeftClients } from '../../model/heritage.ts';

/** Some 10 MB. */
const MOST = 100_000;

/** Clients of another director whose servers are not in the table yet. Bounded: of a service that has too many
 *  the oldest go. */
export class LaterClients {
  readonly #most: number;
  readonly #byService = new Map<string, LeftClients[]>();
  #size = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  add(left: LeftClients): void {
    const all = this.#byService.get(left.service) ?? [];
    const room = this.#most - left.clients.length;
    while (this.#size > room && all.length > 0) this.#leave(all.shift());
    if (this.#size > room) return;
    this.#byService.set(left.service, all);
    all.push(left);
    this.#size += left.clients.length;
  }

  /** Those of the service for these servers, which are gone from here then. */
  take(service: string, servers: ReadonlySet<string>): readonly LeftClients[] {
    const all = this.#byService.get(service);
    if (!all) return [];
    const taken = all.filter(({ server }) => servers.has(server));
    const rest = all.filter(({ server }) => !servers.has(server));
    for (const left of taken) this.#leave(left);
    if (rest.length > 0) this.#byService.set(service, rest);
    else this.#byService.delete(service);
    return taken;
  }

  #leave(left: LeftClients | undefined): void {
    this.#size -= left?.clients.length ?? 0;
  }
}
