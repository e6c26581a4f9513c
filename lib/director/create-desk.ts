import type { Happening } from '../model/event.ts';
import type { Log } from '../model/log.ts';
import type { RealRef, Wish } from '../model/override.ts';
import type { ConnectionFilter, PersistenceFilter, Traffic } from '../model/traffic.ts';
import { within } from '../model/within.ts';
import {
  type Changed,
  type Desk,
  type Drained,
  type DrainOrder,
  NotFound,
  NotPossible,
} from './desk.ts';
import { drained } from './drain.ts';
import type { WritableEventLog } from './event-log.ts';
import type { ServiceKeeper } from './service-keeper.ts';

/** What a desk works with. */
export interface DeskParties {
  keepers(): ReadonlyMap<string, ServiceKeeper>;
  readonly traffic: Traffic;
  readonly events: WritableEventLog;
  readonly log: Log;
  /** Settles when the engines have what was changed so far. */
  inForce(): Promise<unknown>;
  /** Some override has changed. */
  changed(): void;
}

/** The desk, to be disposed of at the director's end: drains that wait then reject. */
export interface OwnedDesk extends Desk, Disposable {
  /** Until that is disposed of, no real server is changed: another director has read what was. */
  hold(): Disposable;
}

export function createDesk(parties: DeskParties): OwnedDesk {
  return new VirtualDesk(parties);
}

const MOST_WEIGHT = 65_535;
const IN_FORCE_MS = 2_000;

class VirtualDesk implements OwnedDesk {
  readonly #parties: DeskParties;
  /** Drains that wait for their server to be empty, by service and real server. */
  readonly #drains = new Map<string, AbortController>();
  #held = false;

  constructor(parties: DeskParties) {
    this.#parties = parties;
  }

  get events(): WritableEventLog {
    return this.#parties.events;
  }

  async change(ref: RealRef, wish: Wish, by: string): Promise<Changed> {
    const { weight } = wish;
    if (
      weight != null &&
      !(Number.isInteger(weight) && weight >= 0 && weight <= MOST_WEIGHT)
    )
      throw new NotPossible(
        `a weight is a whole number from 0 to ${MOST_WEIGHT}, not ${weight}`,
      );
    const keeper = this.#keeper(ref);
    if (wish.state !== undefined) this.#drains.get(key(ref))?.abort();
    const { before, after, audit } = keeper.change(ref.real, wish, by);
    const { service, real } = ref;
    const about = `real server: ${real} (${keeper.label})`;
    for (const { what, old, new: is } of audit)
      this.#audit(
        { by, service, real, what, old, new: is },
        `${what} of ${about}: ${old} -> ${is}`,
      );
    if (audit.length > 0) {
      this.#parties.changed();
      await within(IN_FORCE_MS, this.#parties.inForce(), () => {});
    }
    return { ...ref, before: before ?? null, after: after ?? null };
  }

  async drain(ref: RealRef, { withinMs, by }: DrainOrder): Promise<Drained> {
    const keeper = this.#keeper(ref);
    const changed = this.change(ref, { state: 'drain' }, by);
    const control = new AbortController();
    this.#drains.set(key(ref), control);
    const { service, real } = ref;
    const about = `real server: ${real} (${keeper.label})`;
    const seconds = withinMs / 1000;
    this.#audit(
      { by, service, real, what: 'drain', old: null, new: seconds },
      `drain of ${about} within ${seconds} s`,
    );
    try {
      await changed;
      const done = await drained(ref, this.#parties.traffic, withinMs, control.signal);
      this.#parties.log.info(`Drained ${about} (${done.ended} connections ended)`);
      return done;
    } catch (error) {
      if (!control.signal.aborted) throw error;
      throw new NotPossible(
        `${real}: something else was wished of it before it was empty`,
      );
    } finally {
      if (this.#drains.get(key(ref)) === control) this.#drains.delete(key(ref));
    }
  }

  connections(filter: ConnectionFilter, most: number) {
    this.#expect(filter);
    return this.#parties.traffic.connections(filter, most);
  }

  persistence(filter: PersistenceFilter, most: number) {
    this.#expect(filter);
    return this.#parties.traffic.persistence(filter, most);
  }

  async end(filter: ConnectionFilter, by: string): Promise<number> {
    this.#expect(filter);
    const count = await this.#parties.traffic.end(filter);
    if (count === 0 && filter.id !== undefined)
      throw new NotFound(`there is no connection ${filter.id}`);
    this.#auditTraffic(by, 'connections', filter, count);
    return count;
  }

  async forget(filter: PersistenceFilter, by: string): Promise<number> {
    this.#expect(filter);
    const count = await this.#parties.traffic.forget(filter);
    this.#auditTraffic(by, 'persistence', filter, count);
    return count;
  }

  hold(): Disposable {
    this.#held = true;
    return {
      [Symbol.dispose]: () => {
        this.#held = false;
      },
    };
  }

  [Symbol.dispose](): void {
    for (const control of this.#drains.values()) control.abort();
  }

  #keeper({ service, real }: RealRef): ServiceKeeper {
    const keeper = this.#parties.keepers().get(service);
    if (!keeper) throw new NotFound(`there is no virtual service ${service}`);
    if (real.startsWith('fallback:'))
      throw new NotPossible(
        `${real} is the fallback: it is there while no real server is up`,
      );
    if (!keeper.pool.index.has(real))
      throw new NotFound(`there is no real server ${real} in ${service}`);
    if (this.#held)
      throw new NotPossible(
        `${real}: an upgrade is under way, and a change would be lost in it: try again in some seconds`,
      );
    return keeper;
  }

  /** A filter that names what is not there is a mistake, not an empty answer. */
  #expect({ service }: { readonly service?: string | undefined }): void {
    if (service !== undefined && !this.#parties.keepers().has(service))
      throw new NotFound(`there is no virtual service ${service}`);
  }

  #auditTraffic(
    by: string,
    what: 'connections' | 'persistence',
    filter: ConnectionFilter & PersistenceFilter,
    count: number,
  ): void {
    const { service = null, server = null } = filter;
    const of = Object.entries(filter).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name} ${value}`],
    );
    this.#audit(
      { by, service, real: server, what, old: count, new: null },
      `${what} ended: ${count} (${of.join(', ') || 'all'})`,
    );
  }

  #audit(change: Omit<Extract<Happening, { type: 'change' }>, 'type'>, text: string) {
    this.#parties.log.info(`Changed by ${change.by}: ${text}`);
    this.events.tell({ type: 'change', ...change });
  }
}

function key({ service, real }: RealRef): string {
  return `${service} ${real}`;
}
