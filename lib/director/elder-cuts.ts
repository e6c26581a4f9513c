import type { Log } from '../model/log.ts';
import { endsAtRemoval } from '../model/removal.ts';
import type { Traffic } from '../model/traffic.ts';
import { onRemoval } from '../pool/entry.ts';
import { fateOf } from '../pool/fate.ts';
import { type Pool, stateOf } from '../pool/pool.ts';
import type { CheckHistory } from './check-history.ts';

/** A real server as a director leaves it to its successor: what is open there ends when the server leaves the
 *  configuration. */
export interface LeftServer {
  /** Service id. */
  readonly service: string;
  /** Real server's id. */
  readonly server: string;
  /** A name has brought it: then it ends with the service only. */
  readonly named: boolean;
}

/** A service, as it is looked at. */
export interface Kept {
  readonly pool: Pool;
  readonly history: Pick<CheckHistory, 'failing'>;
}

interface Parties {
  /** Of the directors before. */
  readonly traffic: Pick<Traffic, 'end'>;
  /** One of them is left. */
  isAny(): boolean;
  /** The services by id, as they are now. */
  kept(): ReadonlyMap<string, Kept>;
  readonly log: Log;
}

/** What was looked at last of a service. */
interface Seen {
  readonly pool: Pool;
  readonly ending: Set<string>;
  /** In no table, or cut, and no finding yet: checks tell. */
  readonly waiting: Set<string>;
}

/** So many are asked for at once: who answers has few places, and others ask too. */
const LANES = 4;

/** Ends connections that directors before this one still carry, where those of this one's end: an engine ends its
 *  own, and theirs know nothing of checks and reloads any more. */
export class ElderCuts {
  readonly #parties: Parties;
  /** By service id; undefined: this director is not in charge yet, or none of them is left. */
  #seen: Map<string, Seen> | undefined;
  /** What is to be ended, each once. */
  readonly #due = new Map<string, readonly [service: string, server: string]>();
  #busy = 0;

  constructor(parties: Parties) {
    this.#parties = parties;
  }

  /** From now on: this director is in charge, and nobody else is let in there.
   *  @param theirs  what the last of them had */
  begin(theirs: readonly LeftServer[]): void {
    this.#seen ??= new Map();
    this.follow();
    const kept = this.#parties.kept();
    for (const { service, server, named } of theirs) {
      const pool = kept.get(service)?.pool;
      const isGone = pool ? !named && !pool.index.has(server) : true;
      if (isGone) this.#end(service, server);
    }
  }

  /** Tables are in force that may be other ones. */
  follow(): void {
    const seen = this.#seen;
    if (!seen) return;
    if (!this.#parties.isAny()) {
      this.#seen = undefined;
      return;
    }
    const kept = this.#parties.kept();
    for (const [id, { pool }] of seen) {
      if (kept.has(id)) continue;
      seen.delete(id);
      this.#removed(pool, undefined);
    }
    for (const [id, one] of kept) {
      const before = seen.get(id);
      if (before?.pool.entry !== one.pool.entry) seen.set(id, this.#look(one, before));
    }
  }

  /** A check has ended: of a server that is in no table it changes none. */
  reported({ pool, history }: Kept, server: string): void {
    const { id } = pool.service;
    const seen = this.#seen?.get(id);
    const known = seen?.waiting.has(server) ? stateOf(pool, server) : undefined;
    if (!known || fateOf(pool.service, known, history.failing(server)) !== 'end')
      return;
    seen?.waiting.delete(server);
    seen?.ending.add(server);
    this.#end(id, server);
  }

  #look({ pool, history }: Kept, before: Seen | undefined): Seen {
    const seen: Seen = { pool, ending: new Set(), waiting: new Set() };
    for (const known of pool.reals) {
      const { id } = known.real;
      const fate = fateOf(pool.service, known, history.failing(id));
      if (fate === 'wait') seen.waiting.add(id);
      if (fate !== 'end') continue;
      seen.ending.add(id);
      if (!before?.ending.has(id)) this.#end(pool.service.id, id);
    }
    if (before) this.#removed(before.pool, pool);
    return seen;
  }

  #removed({ service, index }: Pool, after: Pool | undefined): void {
    for (const id of index.keys()) {
      if (after?.index.has(id)) continue;
      const server = { id, onRemoval: onRemoval(service) };
      if (endsAtRemoval(server, service, after?.service)) this.#end(service.id, id);
    }
  }

  #end(service: string, server: string): void {
    this.#due.set(`${service} ${server}`, [service, server]);
    if (this.#busy < LANES) void this.#work();
  }

  /** Never rejects. */
  async #work(): Promise<void> {
    const { traffic, log } = this.#parties;
    this.#busy++;
    for (const [key, [service, server]] of this.#due) {
      this.#due.delete(key);
      try {
        await traffic.end({ service, server });
      } catch (error) {
        log.warn(
          `Connections to ${server} that a director before this one carries go on (${service}): ${String(error)}`,
        );
      }
    }
    this.#busy--;
  }
}

/** What a director leaves of a service. */
export function leftServers({ service, reals }: Pool): readonly LeftServer[] {
  if (onRemoval(service) === 'keep') return [];
  return reals.map(({ real: { id, from } }) => ({
    service: service.id,
    server: id,
    named: from !== undefined,
  }));
}
