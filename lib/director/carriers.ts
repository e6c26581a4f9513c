import type {
  Engine,
  EngineEvent,
  EngineWork,
  ServiceStats,
  WorkerStats,
} from '../model/engine.ts';
import type { Log } from '../model/log.ts';
import type { Traffic } from '../model/traffic.ts';
import type { EngineName, VirtualService } from '../model/virtual-service.ts';
import { besideOf } from './beside.ts';
import { type Carriage, carrier, isCarrying, isIn } from './carriage.ts';
import { type Candidates, chooseEngine, type EngineChoice } from './choose-engine.ts';
import { createConnectFailureLog } from './connect-failures.ts';
import { ElderCuts } from './elder-cuts.ts';
import { EngineFeed } from './engine-feed.ts';
import { numbersOf } from './engine-numbers.ts';
import { probeEngines } from './engine-probes.ts';
import type { EngineWord } from './keeper-parties.ts';
import { type Left, Recovery } from './recovery.ts';
import type { ServiceKeeper } from './service-keeper.ts';
import { joinTraffic, type TrafficSource } from './traffic.ts';

/** What the carriers ask and tell. */
export interface CarrierParties {
  readonly engines: ReadonlyMap<EngineName, Engine>;
  readonly log: Log;
  /** The services by id, in the order of the config. */
  keepers(): ReadonlyMap<string, ServiceKeeper>;
  /** An engine has the table. */
  applied(): void;
  /** What directors before this one still have open. */
  elders(): readonly TrafficSource[];
}

/** The engines at work: which carries a service, that each has its table, and what they say.
 *  Owns them. */
export class Carriers {
  readonly #parties: CarrierParties;
  readonly #feeds = new Map<EngineName, EngineFeed>();
  readonly #recovery: Recovery;
  #candidates: Candidates = new Map();
  readonly #connectFailed: ReturnType<typeof createConnectFailureLog>;
  /** Of the engines at work. */
  readonly ownTraffic: Traffic;
  /** And of the directors before. */
  readonly traffic: Traffic;
  readonly elderCuts: ElderCuts;

  constructor(parties: CarrierParties) {
    const { engines, log, elders } = parties;
    this.#parties = parties;
    this.#recovery = new Recovery(engines, log);
    const own = (): readonly TrafficSource[] =>
      [...this.#feeds]
        .filter(([name]) => this.#recovery.isAtWork(name))
        .map(([name, { engine }]) => [name, engine.traffic] as const);
    this.ownTraffic = joinTraffic(log, own);
    this.elderCuts = new ElderCuts({
      traffic: joinTraffic(log, elders),
      isAny: () => elders().length > 0,
      ...{ kept: parties.keepers, log },
    });
    this.traffic = joinTraffic(log, () => [...own(), ...elders()]);
    this.#connectFailed = createConnectFailureLog(log, () => performance.now());
    for (const [name, engine] of engines)
      this.#feeds.set(name, this.#feed(name, engine));
  }

  /** More than one engine is at work. */
  get several(): boolean {
    return this.#recovery.several;
  }

  /** Start and reload: looks which engines can work on this machine, where these services care. */
  async look(services: readonly VirtualService[]): Promise<void> {
    const isProved = (name: EngineName) => this.#carriesAny(name);
    this.#candidates = await probeEngines(this.#parties.engines, services, isProved);
  }

  /** The engine for a service. */
  choose(service: VirtualService): EngineChoice {
    return chooseEngine(service, this.#candidates);
  }

  /** What earlier runs left in force of these services, by their id. */
  recover(
    services: readonly VirtualService[],
    choices: ReadonlyMap<string, EngineChoice>,
  ): Promise<ReadonlyMap<string, Left>> {
    const carries = (name: EngineName, service: VirtualService) =>
      this.carries(name, service);
    return this.#recovery.recover(services, choices, carries);
  }

  /** Whether that engine can carry the service. */
  carries(name: EngineName, service: VirtualService): boolean {
    const candidate = this.#candidates.get(name);
    if (!candidate || candidate.problem !== undefined) return false;
    return candidate.engine.refuses(service) === undefined;
  }

  /** The table entry of a service in that carriage has changed. */
  touch(carriage: Carriage): void {
    for (const [name, feed] of this.#feeds) {
      if (isIn(carriage, name)) feed.touch();
      else if (feed.engine.dials && this.#recovery.isAtWork(name)) feed.touchBeside();
    }
  }

  /** Every table may have changed. Settles when the engines at work have been told. */
  async converge(): Promise<void> {
    const feeds = [...this.#feeds]
      .filter(([name]) => this.#recovery.isAtWork(name))
      .map(([, feed]) => feed);
    for (const feed of feeds) feed.touch();
    const keepers = [...this.#parties.keepers().values()];
    const move = keepers.some(({ carriage }) => carriage.leaving !== undefined);
    await Promise.all(feeds.map((feed) => feed.current()));
    // What one engine answered was the other's next table.
    if (move) await Promise.all(feeds.map((feed) => feed.current()));
  }

  /** Settles when the engines have all that has changed so far, or could not take it. */
  async inForce(): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.current()));
  }

  /** As {@link numbersOf}, of all services. */
  stats(): Promise<ReadonlyMap<string, ServiceStats>> {
    const asked = [...this.#feeds]
      .filter(([name]) => this.#has(name))
      .map(([name, { engine }]) => [name, engine] as const);
    const isCarrier = (name: EngineName, id: string) => this.#isCarrier(name, id);
    return numbersOf(asked, isCarrier, this.#parties.log);
  }

  workers(): readonly WorkerStats[] {
    return [...this.#feeds.values()].flatMap(({ engine }) => engine.workers());
  }

  /** As {@link Engine.isHopeless}, of any. */
  get isHopeless(): boolean {
    return [...this.#feeds.values()].some(({ engine }) => engine.isHopeless?.());
  }

  /** As {@link Engine.leave}. */
  async leave(hurry: AbortSignal, shut: () => void): Promise<void> {
    const engines = [...this.#parties.engines.values()];
    let open = engines.filter(({ leave }) => leave !== undefined).length;
    const oneShut = () => {
      if (--open === 0) shut();
    };
    await Promise.all(engines.map((engine) => engine.leave?.(hurry, oneShut)));
  }

  /** What each engine at work was told so far. */
  work(): readonly EngineWork[] {
    return [...this.#feeds]
      .filter(([name]) => this.#recovery.isAtWork(name))
      .map(([engine, { work }]) => ({ engine, ...work }));
  }

  async close(how: { readonly clean: boolean }): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.close(how)));
  }

  /** Whether an engine has services, be they on their way. */
  #has(name: EngineName): boolean {
    for (const { carriage } of this.#parties.keepers().values())
      if (isIn(carriage, name)) return true;
    return false;
  }

  #carriesAny(name: EngineName): boolean {
    for (const { carriage } of this.#parties.keepers().values())
      if (isCarrying(carriage, name)) return true;
    return false;
  }

  #isCarrier(name: EngineName, id: string): boolean {
    const keeper = this.#parties.keepers().get(id);
    return keeper !== undefined && carrier(keeper.carriage) === name;
  }

  #feed(name: EngineName, engine: Engine): EngineFeed {
    const { log, keepers, applied } = this.#parties;
    return new EngineFeed({
      engine,
      label: () => this.#label(name),
      log,
      table: () =>
        [...keepers().values()].flatMap((keeper) => keeper.entryFor(name) ?? []),
      beside: () => (engine.dials ? besideOf(name, keepers().values()) : []),
      applied: (table, outcomes) => {
        for (const [row, outcome] of outcomes.entries())
          this.#heard(name, { outcome, answers: true, entry: table[row] });
        this.elderCuts.follow();
        applied();
      },
      failed: (table, problem) => {
        for (const { service } of table) {
          const outcome = { id: service.id, state: 'failed', problem } as const;
          this.#heard(name, { outcome, answers: true });
        }
      },
      event: (event) => this.#event(name, event),
    });
  }

  /** An engine as log lines name it. */
  #label(name: EngineName): string {
    return this.several ? `engine ${name}` : 'engine';
  }

  #mine(name: EngineName, id: string): ServiceKeeper | undefined {
    const keeper = this.#parties.keepers().get(id);
    const { engine, leaving } = keeper?.carriage ?? {};
    return name === engine || name === leaving?.engine ? keeper : undefined;
  }

  #heard(name: EngineName, word: EngineWord): void {
    const keeper = this.#mine(name, word.outcome.id);
    if (!keeper) return;
    const { leaving } = keeper.carriage;
    keeper.heard(name, word);
    // It has moved: the engine that it left lets go.
    if (leaving && !keeper.carriage.leaving) this.#feeds.get(leaving.engine)?.touch();
  }

  #event(name: EngineName, event: EngineEvent): void {
    switch (event.type) {
      case 'outcome':
        this.#heard(name, { outcome: event.outcome, answers: false });
        return;
      case 'connect-failed': {
        const label = this.#mine(name, event.service)?.label ?? event.service;
        this.#connectFailed(label, event.server, event.reason);
        return;
      }
      case 'traffic-failed':
        this.#mine(name, event.service)?.trafficFailed(event);
        return;
      case 'notice':
        this.#parties.log.warn(
          this.several ? `${this.#label(name)}: ${event.message}` : event.message,
        );
        return;
      default:
        event satisfies never;
    }
  }
}
