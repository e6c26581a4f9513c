import { type EndingDrain, type OverrideStore, overLine } from '../model/override.ts';
import { same } from '../model/same.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import { goesBy } from './carriage.ts';
import type { Carriers } from './carriers.ts';
import type { EngineChoice } from './choose-engine.ts';
import type { KeeperParties } from './keeper-parties.ts';
import type { Left } from './recovery.ts';
import { ServiceKeeper } from './service-keeper.ts';
import { serviceState } from './status.ts';
import { tellTurn } from './told-changes.ts';
import { overridesOf } from './wishes.ts';

/** What all keepers together work with. */
export interface KeepersParties {
  /** What each of them works with. */
  readonly each: KeeperParties;
  readonly carriers: Pick<Carriers, 'choose' | 'carries'>;
  /** Undefined: what is changed at run time ends with the director. */
  readonly overrides: OverrideStore | undefined;
}

/** Who keeps the services: one keeper each, which comes with its service, follows it through reloads and
 *  goes with it. Disposing ends all checks. */
export class ServiceKeepers implements Disposable {
  readonly #parties: KeepersParties;
  #keepers: Map<string, ServiceKeeper> = new Map();

  constructor(parties: KeepersParties) {
    this.#parties = parties;
  }

  /** By service id, in the order of the config. */
  get all(): ReadonlyMap<string, ServiceKeeper> {
    return this.#keepers;
  }

  /** Those that have not left their start behind, by id. */
  starting(): readonly string[] {
    return [...this.#keepers].filter(([, { ready }]) => !ready).map(([id]) => id);
  }

  /** Whether there is one of them. */
  get isStarting(): boolean {
    for (const { ready } of this.#keepers.values()) if (!ready) return true;
    return false;
  }

  /** The engine of each service, by its id. One for which none can be chosen by a defect stays as it is. */
  choose(services: readonly VirtualService[]): ReadonlyMap<string, EngineChoice> {
    const choices = new Map<string, EngineChoice>();
    for (const service of services)
      this.#guard(service, () =>
        choices.set(service.id, this.#parties.carriers.choose(service)),
      );
    return choices;
  }

  /** Start and reload: from now on these are all that there are.
   *  @param choices  from {@link choose}
   *  @param left     what an earlier run left in force of them, by id */
  follow(
    services: readonly VirtualService[],
    choices: ReadonlyMap<string, EngineChoice>,
    left: ReadonlyMap<string, Left>,
  ): void {
    const before = this.#keepers;
    this.#keepers = new Map();
    for (const service of services) {
      const { id } = service;
      const known = before.get(id);
      before.delete(id);
      if (known) this.#keepers.set(id, known);
      const choice = choices.get(id);
      if (choice)
        this.#guard(service, () => this.#keep(service, known, choice, left.get(id)));
    }
    for (const keeper of before.values()) this.#purge(keeper);
  }

  /** What operators have changed is to outlive the director as it is now. As {@link OverrideStore.keep}.
   *  @param drains  those that wait for their deadline */
  async keepOverrides(drains: readonly EndingDrain[]): Promise<string | undefined> {
    const pools = [...this.#keepers.values()].map(({ pool }) => pool);
    return this.#parties.overrides?.keep(overridesOf(pools, drains));
  }

  [Symbol.dispose](): void {
    for (const keeper of this.#keepers.values()) keeper[Symbol.dispose]();
  }

  #keep(
    service: VirtualService,
    known: ServiceKeeper | undefined,
    choice: EngineChoice,
    left: Left | undefined,
  ): void {
    const { each, carriers, overrides } = this.#parties;
    if (!known) {
      const changed = overrides?.of(service);
      const keeper = new ServiceKeeper(service, choice, each, left, changed);
      this.#keepers.set(service.id, keeper);
      return;
    }
    const unchanged = same(known.service, service);
    if (unchanged && goesBy(known.carriage, choice)) return;
    const next = unchanged ? known.service : service;
    known.follow(next, choice, (engine) => carriers.carries(engine, next));
  }

  #purge(keeper: ServiceKeeper): void {
    const { each } = this.#parties;
    const { id } = keeper.service;
    keeper[Symbol.dispose]();
    each.commands.forget(id);
    for (const { real, override } of overridesOf([keeper.pool]))
      each.log.info(overLine(real.id, keeper.label, 'gone', override));
    each.log.info(`Purged virtual server (start): ${keeper.label}`);
    const from = serviceState(keeper);
    each.happened({ type: 'service', service: id, from, to: null });
    const reason = 'it left the configuration';
    tellTurn(each, keeper.pool, { real: undefined, from, to: null, reason });
  }

  /** A defect in one service must not harm the others. */
  #guard(service: VirtualService, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#parties.each.log.error(
        `Defect in virtual server ${service.id}: ${String(error)}`,
      );
    }
  }
}
