import type { Happening } from '../model/event.ts';
import type { Log } from '../model/log.ts';
import type { AdminState, EndingDrain, RealRef, Wish } from '../model/override.ts';
import type { ConnectionFilter, PersistenceFilter, Traffic } from '../model/traffic.ts';
import { within } from '../model/within.ts';
import { stateOf } from '../pool/pool.ts';
import {
  type Changed,
  type Drained,
  type DrainOrder,
  type HeritableDesk,
  NotFound,
  NotPossible,
  type WaitingDrain,
} from './desk.ts';
import { Drains, type DrainTask } from './drains.ts';
import type { WritableEventLog } from './event-log.ts';
import type { ServiceKeeper } from './service-keeper.ts';
import { unkept } from './unkept.ts';

/** What a desk works with. */
export interface DeskParties {
  keepers(): ReadonlyMap<string, ServiceKeeper>;
  readonly traffic: Traffic;
  readonly events: WritableEventLog;
  readonly log: Log;
  /** Wall clock, milliseconds since 1970. */
  now(): number;
  /** Settles when the engines have what was changed so far. */
  inForce(): Promise<unknown>;
  /** What was changed is to outlive this process. As `OverrideStore.keep`. */
  changed(): Promise<string | undefined>;
}

/** The desk, to be disposed of at the director's end: drains that wait then reject. */
export interface OwnedDesk extends HeritableDesk, Disposable {
  /** Until that is disposed of, no real server is changed: another director has read what was. */
  hold(): Disposable;
  /** Drains that wait, with their deadlines by the wall clock. */
  ending(): readonly EndingDrain[];
  /** The keepers follow another config: what it took back is drained no more. */
  review(): void;
}

export function createDesk(parties: DeskParties): OwnedDesk {
  return new VirtualDesk(parties);
}

const MOST_WEIGHT = 65_535;
const IN_FORCE_MS = 2_000;

class VirtualDesk implements OwnedDesk {
  readonly #parties: DeskParties;
  readonly #drains: Drains;
  #held = false;

  constructor(parties: DeskParties) {
    this.#parties = parties;
    this.#drains = new Drains(parties);
  }

  get events(): WritableEventLog {
    return this.#parties.events;
  }

  async change(ref: RealRef, wish: Wish, by: string): Promise<Changed> {
    expectWeight(wish);
    const { label, pool } = this.#keeper(ref);
    const leftMs = pool.service.options.drainDeadlineMs;
    const changed = this.#change(ref, wish, by);
    const goes = wish.state !== undefined && wish.state !== 'ready';
    // At once: what is wished next ends it.
    if (goes && leftMs !== undefined)
      void this.#drains.go(this.#begun(ref, by, leftMs, label, changed));
    return changed;
  }

  async #change(ref: RealRef, wish: Wish, by: string): Promise<Changed> {
    const keeper = this.#keeper(ref);
    if (wish.state !== undefined) this.#drains.overrule(ref);
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
    const { label } = this.#keeper(ref);
    const changed = this.#change(ref, { state: 'drain' }, by);
    const done = await this.#drains.emptied(
      this.#begun(ref, by, withinMs, label, changed),
    );
    return { ...done, ...(await unkept(this.#parties.changed())) };
  }

  #begun(
    ref: RealRef,
    by: string,
    leftMs: number,
    label: string,
    changed: Promise<unknown>,
  ): DrainTask {
    const about = `real server: ${ref.real} (${label})`;
    const seconds = leftMs / 1000;
    this.#audit(
      { by, ...ref, what: 'drain', old: null, new: seconds },
      `drain of ${about} within ${seconds} s`,
    );
    return { ref, by, leftMs, about, changed };
  }

  has({ service, real }: RealRef): boolean {
    return this.#parties.keepers().get(service)?.pool.index.has(real) === true;
  }

  waiting(): readonly WaitingDrain[] {
    return this.#drains.waiting();
  }

  ending(): readonly EndingDrain[] {
    return this.#drains.ending();
  }

  async resume(
    { service, real, by, leftMs }: WaitingDrain,
    changed?: Promise<unknown>,
  ): Promise<void> {
    const keeper = this.#parties.keepers().get(service);
    const wished = this.#wished({ service, real });
    // Else the file has changed since, which ends what was wished.
    if (!keeper || wished === undefined || wished === 'ready') return;
    const about = `real server: ${real} (${keeper.label})`;
    const seconds = Math.max(0, Math.round(leftMs / 1000));
    this.#parties.log.info(
      `The drain of ${about} goes on, within ${seconds} s (by ${by})`,
    );
    await this.#drains.go({ ref: { service, real }, by, leftMs, about, changed });
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

  review(): void {
    // One that is gone from the file is drained all the same.
    this.#drains.review((ref) => this.#wished(ref) === 'ready');
  }

  [Symbol.dispose](): void {
    this.#drains[Symbol.dispose]();
  }

  /** What operators wish of that server's state; undefined: it is not there. */
  #wished({ service, real }: RealRef): AdminState | undefined {
    const known = stateOf(this.#parties.keepers().get(service)?.pool, real);
    return known && (known.override?.state ?? 'ready');
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

/** @throws NotPossible */
function expectWeight({ weight }: Wish): void {
  const isGood =
    weight == null ||
    (Number.isInteger(weight) && weight >= 0 && weight <= MOST_WEIGHT);
  if (!isGood)
    throw new NotPossible(
      `a weight is a whole number from 0 to ${MOST_WEIGHT}, not ${weight}`,
    );
}
