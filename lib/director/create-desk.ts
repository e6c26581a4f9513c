import type { Happening } from '../model/event.ts';
import type { Log } from '../model/log.ts';
import type { RealRef, Wish } from '../model/override.ts';
import type { ConnectionFilter, PersistenceFilter, Traffic } from '../model/traffic.ts';
import { within } from '../model/within.ts';
import {
  type Changed,
  type Drained,
  type DrainOrder,
  type HeritableDesk,
  NotFound,
  NotPossible,
  type WaitingDrain,
} from './desk.ts';
import { drained } from './drain.ts';
import type { WritableEventLog } from './event-log.ts';
import type { ServiceKeeper } from './service-keeper.ts';
import { unkept } from './unkept.ts';

/** What a desk works with. */
export interface DeskParties {
  keepers(): ReadonlyMap<string, ServiceKeeper>;
  readonly traffic: Traffic;
  readonly events: WritableEventLog;
  readonly log: Log;
  /** Settles when the engines have what was changed so far. */
  inForce(): Promise<unknown>;
  /** What was changed is to outlive this process. As `OverrideStore.keep`. */
  changed(): Promise<string | undefined>;
}

/** The desk, to be disposed of at the director's end: drains that wait then reject. */
export interface OwnedDesk extends HeritableDesk, Disposable {
  /** Until that is disposed of, no real server is changed: another director has read what was. */
  hold(): Disposable;
}

export function createDesk(parties: DeskParties): OwnedDesk {
  return new VirtualDesk(parties);
}

const MOST_WEIGHT = 65_535;
const IN_FORCE_MS = 2_000;

/** Why a drain is not waited for any more. */
const WISHED = 'something else was wished of it before it was empty';
const ENDED = 'the director has ended, or handed over, before it was empty';

/** A drain that waits for its server to be empty. */
interface Waiting {
  readonly ref: RealRef;
  readonly by: string;
  /** As `performance.now()`. */
  readonly deadline: number;
  readonly control: AbortController;
}

class VirtualDesk implements OwnedDesk {
  readonly #parties: DeskParties;
  /** By service and real server. */
  readonly #drains = new Map<string, Waiting>();
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
    if (wish.state !== undefined) this.#drains.get(key(ref))?.control.abort(WISHED);
    const { before, after, audit } = keeper.change(ref.real, wish, by);
    const { service, real } = ref;
    const about = `real server: ${real} (${keeper.label})`;
    for (const { what, old, new: is, said } of audit)
      this.#audit(
        { by, service, real, what, old, new: is },
        `${what} of ${about}: ${said ?? old} -> ${is}`,
      );
    // Where nothing was changed, it may have been once that was not kept.
    const kept = unkept(this.#parties.changed());
    await within<unknown>(IN_FORCE_MS, this.#parties.inForce(), () => {});
    return { ...ref, before: before ?? null, after: after ?? null, ...(await kept) };
  }

  async drain(ref: RealRef, { withinMs, by }: DrainOrder): Promise<Drained> {
    const keeper = this.#keeper(ref);
    const changed = this.change(ref, { state: 'drain' }, by);
    const { service, real } = ref;
    const about = `real server: ${real} (${keeper.label})`;
    const seconds = withinMs / 1000;
    this.#audit(
      { by, service, real, what: 'drain', old: null, new: seconds },
      `drain of ${about} within ${seconds} s`,
    );
    return this.#emptied({ ref, by, leftMs: withinMs }, about, changed);
  }

  waiting(): readonly WaitingDrain[] {
    const now = performance.now();
    return [...this.#drains.values()].map(
      ({ ref: { service, real }, by, deadline }) => ({
        ...{ service, real, by },
        leftMs: Math.max(0, deadline - now),
      }),
    );
  }

  async resume({ service, real, by, leftMs }: WaitingDrain): Promise<void> {
    const keeper = this.#parties.keepers().get(service);
    const row = keeper?.pool.reals[keeper.pool.index.get(real) ?? -1];
    // Else the file has changed since, which ends what was wished.
    if (!keeper || row?.override?.state !== 'drain') return;
    const { log } = this.#parties;
    const about = `real server: ${real} (${keeper.label})`;
    const seconds = Math.max(0, Math.round(leftMs / 1000));
    log.info(`The drain of ${about} goes on, within ${seconds} s (by ${by})`);
    const ref = { service, real };
    await this.#emptied({ ref, by, leftMs }, about).catch((error: unknown) => {
      if (!(error instanceof NotPossible))
        log.error(`Not drained: ${about}: ${String(error)}`);
    });
  }

  /** @param changed  settles when the server takes no new clients */
  async #emptied(
    { ref, by, leftMs }: Pick<Waiting, 'ref' | 'by'> & { readonly leftMs: number },
    about: string,
    changed?: Promise<unknown>,
  ): Promise<Drained> {
    const control = new AbortController();
    const waiting = { ref, by, control, deadline: performance.now() + leftMs };
    this.#drains.set(key(ref), waiting);
    try {
      await changed;
      const done = await drained(ref, this.#parties.traffic, leftMs, control.signal);
      this.#parties.log.info(`Drained ${about} (${done.ended} connections ended)`);
      return { ...done, ...(await unkept(this.#parties.changed())) };
    } catch (error) {
      if (!control.signal.aborted) throw error;
      throw new NotPossible(`${ref.real}: ${control.signal.reason}`);
    } finally {
      if (this.#drains.get(key(ref)) === waiting) this.#drains.delete(key(ref));
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
    for (const { control } of this.#drains.values()) control.abort(ENDED);
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
