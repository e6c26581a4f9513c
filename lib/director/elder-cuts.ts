import type { ServerEntry, ServiceEntry } from '../model/engine.ts';
import type { Log } from '../model/log.ts';
import { endsAtRemoval } from '../model/removal.ts';
import type { Traffic } from '../model/traffic.ts';
import type { Pool } from '../pool/pool.ts';

/** Ends connections that directors before this one still carry, where those of this one's end: an engine ends its
 *  own, and theirs know nothing of checks any more. */
export class ElderCuts {
  readonly #traffic: Pick<Traffic, 'end'>;
  readonly #log: Log;
  /** What was looked at last. */
  readonly #entries = new WeakMap<object, ServiceEntry>();

  constructor(traffic: Pick<Traffic, 'end'>, log: Log) {
    this.#traffic = traffic;
    this.#log = log;
  }

  /** The service's table may be another now.
   *  @param keeper  the same object for one service as long as that is in the config */
  follow(keeper: { readonly pool: Pick<Pool, 'entry'> }): void {
    const { entry } = keeper.pool;
    const before = this.#entries.get(keeper);
    this.#entries.set(keeper, entry);
    if (before === entry) return;
    const { id } = entry.service;
    for (const server of cutBetween(before, entry)) void this.#end(id, server.id);
  }

  /** Never rejects. */
  async #end(service: string, server: string): Promise<void> {
    try {
      await this.#traffic.end({ service, server });
    } catch (error) {
      this.#log.warn(
        `Connections to ${server} that a director before this one carries go on (${service}): ${String(error)}`,
      );
    }
  }
}

/** Whose connections end with that change.
 *  @param before  undefined: the service has just begun */
function cutBetween(
  before: ServiceEntry | undefined,
  after: ServiceEntry,
): readonly ServerEntry[] {
  const were = new Map(before?.servers.map((server) => [server.id, server]));
  const cut = after.servers.filter((one) => one.cut && !were.get(one.id)?.cut);
  for (const { id } of after.servers) were.delete(id);
  const ended = [...were.values()].filter(
    (server) => before && endsAtRemoval(server, before.service, after.service),
  );
  return [...cut, ...ended];
}
