import type { Alerts } from '../alerts/alerts.ts';
import {
  createFallbackCommands,
  type FallbackCommands,
} from '../alerts/fallback-command.ts';
import type { AlertState } from '../alerts/notice.ts';
import type { Config } from '../config/config.ts';
import type { AgentRunner } from '../model/agent.ts';
import type { CheckRunner } from '../model/check.ts';
import type { Engine, EngineWork, WorkerStats } from '../model/engine.ts';
import type { Log } from '../model/log.ts';
import type { OverrideStore } from '../model/override.ts';
import type { ServiceStatus } from '../model/status.ts';
import type { Traffic } from '../model/traffic.ts';
import type { EngineName } from '../model/virtual-service.ts';
import { Carriers } from './carriers.ts';
import { createDesk, type OwnedDesk } from './create-desk.ts';
import type { Director } from './director.ts';
import { type LeftServer, leftServers } from './elder-cuts.ts';
import { createEventLog, type WritableEventLog } from './event-log.ts';
import { takeLeave } from './farewell.ts';
import type { KeeperParties } from './keeper-parties.ts';
import { createWhenEmpty } from './leavers.ts';
import { ServiceKeepers } from './service-keepers.ts';
import { serviceStatus } from './status.ts';
import type { TrafficSource } from './traffic.ts';

/** What a director works with. It owns the engines and closes them; the runners and the
 *  alerts stay their maker's, to be closed after it. */
export interface DirectorParts {
  readonly engines: ReadonlyMap<EngineName, Engine>;
  readonly checks: CheckRunner;
  /** Undefined: no agent is asked. */
  readonly agents?: AgentRunner | undefined;
  readonly alerts: Pick<Alerts, 'follow' | 'tell' | 'checked' | 'changed'>;
  /** Undefined: what is changed at run time ends with the director. */
  readonly overrides?: OverrideStore | undefined;
  /** What happens is told there; undefined: to who asks the desk. */
  readonly events?: WritableEventLog | undefined;
  /** What directors before this one still have open; undefined: nothing. */
  readonly elders?: (() => readonly TrafficSource[]) | undefined;
  readonly log: Log;
  /** Wall clock, milliseconds since 1970. */
  readonly now?: () => number;
}

/** A director that carries nothing yet: apply() a config. */
export function createDirector(parts: DirectorParts): Director {
  return new VirtualServices(parts);
}

class VirtualServices implements Director {
  readonly #parts: DirectorParts;
  readonly #commands: FallbackCommands;
  readonly #carriers: Carriers;
  readonly #keeperParties: KeeperParties;
  readonly #keepers: ServiceKeepers;
  readonly desk: OwnedDesk;
  #configuring: AlertState = 'starting';
  #closed = false;
  #handedOver = false;
  #closing: Promise<void> | undefined;
  #applying: Promise<void> = Promise.resolve();
  readonly #unsettled = new Set<() => void>();

  constructor(parts: DirectorParts) {
    const { log, checks: runner, agents, alerts, engines, now = Date.now } = parts;
    const { elders = () => [] } = parts;
    this.#parts = parts;
    this.#commands = createFallbackCommands(log);
    this.#carriers = new Carriers({
      engines,
      log,
      keepers: () => this.#keepers.all,
      applied: () => this.#progress(),
      elders,
    });
    const changed: KeeperParties['changed'] = ({ carriage, ready }) => {
      this.#carriers.touch(carriage);
      // One that an engine carries gets ready when that has the table, many at a time.
      if (ready) this.#progress();
    };
    const { events = createEventLog(now) } = parts;
    this.desk = createDesk({
      keepers: () => this.#keepers.all,
      ...{ traffic: this.#carriers.traffic, events, log, now },
      changed: () => this.#keepOverrides(),
      inForce: () => this.#carriers.inForce(),
    });
    const configuring = () => this.#configuring;
    const commands = this.#commands;
    const several = () => this.#carriers.several;
    const whenEmpty = createWhenEmpty(this.#carriers);
    this.#keeperParties = {
      ...{ whenEmpty, runner, agents, commands, alerts, log, now },
      ...{ configuring, several, changed, happened: events.tell },
      stepped: (keeper, realId) => this.#carriers.elderCuts.stepped(keeper, realId),
    };
    this.#keepers = new ServiceKeepers({
      each: this.#keeperParties,
      carriers: this.#carriers,
      overrides: parts.overrides,
    });
  }

  apply(config: Config): Promise<void> {
    const applying = this.#applying.then(() => this.#apply(config));
    // Whoever called hears of a failure; the next call goes on all the same.
    this.#applying = applying.catch(() => {});
    return applying;
  }

  starting(): readonly string[] {
    return this.#keepers.starting();
  }

  settled(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!this.#closed && !signal.aborted && this.#keepers.isStarting) return;
        this.#unsettled.delete(look);
        signal.removeEventListener('abort', look);
        resolve();
      };
      signal.addEventListener('abort', look);
      this.#unsettled.add(look);
      look();
    });
  }

  async services(checks = 0): Promise<readonly ServiceStatus[]> {
    const stats = await this.#carriers.stats();
    const wish = { now: this.#keeperParties.now(), checks };
    return [...this.#keepers.all].map(([id, keeper]) =>
      serviceStatus(keeper, stats.get(id), wish),
    );
  }

  workers(): readonly WorkerStats[] {
    return this.#carriers.workers();
  }

  get isHopeless(): boolean {
    return this.#carriers.isHopeless;
  }

  get ownTraffic(): Traffic {
    return this.#carriers.ownTraffic;
  }

  left(): readonly LeftServer[] {
    const { elderCuts } = this.#carriers;
    return [...this.#keepers.all].flatMap(([id, { pool }]) =>
      leftServers(pool, (server) => elderCuts.isWaiting(id, server)),
    );
  }

  takeCharge(theirs: readonly LeftServer[] | undefined): void {
    this.#carriers.elderCuts.begin(theirs);
  }

  hold(): Disposable {
    return this.desk.hold();
  }

  async leave(hurry: AbortSignal, shut: () => void): Promise<void> {
    this.#closed = true;
    this.#handedOver = true;
    this.desk[Symbol.dispose]();
    await this.#applying;
    this.#keepers[Symbol.dispose]();
    return this.#carriers.leave(hurry, shut);
  }

  engineWork(): readonly EngineWork[] {
    return this.#carriers.work();
  }

  close(quietly = false): Promise<void> {
    this.#closing ??= this.#close(quietly);
    return this.#closing;
  }

  async #close(quietly: boolean): Promise<void> {
    this.#closed = true;
    this.desk[Symbol.dispose]();
    this.#carriers.elderCuts[Symbol.dispose]();
    await this.#applying;
    this.#keepers[Symbol.dispose]();
    const keepers = [...this.#keepers.all.values()];
    const leaving = this.#handedOver
      ? []
      : keepers.filter(({ service }) => service.cleanstop);
    if (!quietly) for (const keeper of leaving) takeLeave(keeper, this.#keeperParties);
    // An engine keeps those that stay; it need not clean where nothing else is.
    const clean = keepers.length === 0 || leaving.length > 0;
    await Promise.all([
      this.#carriers.close({ clean }),
      this.#commands[Symbol.asyncDispose](),
    ]);
    this.#progress();
  }

  async #apply(config: Config): Promise<void> {
    if (this.#closed) return;
    await this.#carriers.look(config.virtuals);
    const choices = this.#keepers.choose(config.virtuals);
    const left = await this.#carriers.recover(config.virtuals, choices);
    if (this.#closed) return;
    this.#parts.checks.maintenancedir(config.global.maintenancedir);
    this.#parts.alerts.follow(config.virtuals);
    this.#keepers.follow(config.virtuals, choices, left);
    this.desk.review();
    this.#configuring = 'reloading';
    const inForce = this.#carriers.converge();
    this.#resumeDrains(inForce);
    void this.#keepOverrides();
    await inForce;
  }

  /** Goes on with those that an earlier run left, by the wall clock. */
  #resumeDrains(inForce: Promise<void>): void {
    const now = this.#keeperParties.now();
    for (const { at, ...drain } of this.#parts.overrides?.drains() ?? []) {
      const leftMs = Math.max(0, Date.parse(at) - now);
      void this.desk.resume({ ...drain, leftMs }, inForce);
    }
  }

  #keepOverrides(): Promise<string | undefined> {
    return this.#keepers.keepOverrides(this.desk.ending());
  }

  #progress(): void {
    for (const look of [...this.#unsettled]) look();
  }
}
