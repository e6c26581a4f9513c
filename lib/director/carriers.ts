import type {
  Engine,
  EngineEvent,
  RecoveredService,
  ServiceStats,
  WorkerStats,
} from '../model/engine.ts';
import type { Log } from '../model/log.ts';
import type { EngineName, VirtualService } from '../model/virtual-service.ts';
import { within } from '../model/within.ts';
import { type Carriage, carrier, isIn } from './carriage.ts';
import { type Candidate, chooseEngine, type EngineChoice } from './choose-engine.ts';
import { createConnectFailureLog } from './connect-failures.ts';
import { EngineFeed } from './engine-feed.ts';
import { probeEngines } from './engine-probes.ts';
import type { EngineWord, ServiceKeeper } from './service-keeper.ts';

/** How long the status waits for an engine's numbers, and a start for what it finds in force. */
const ANSWER_MS = 2000;

const FOUND = 'word of what is in force';

/** What earlier runs left in force, by engine and service id. */
export type Found = ReadonlyMap<EngineName, ReadonlyMap<string, RecoveredService>>;

/** What the carriers ask and tell. */
export interface CarrierParties {
  readonly engines: ReadonlyMap<EngineName, Engine>;
  readonly log: Log;
  /** The services by id, in the order of the config. */
  keepers(): ReadonlyMap<string, ServiceKeeper>;
  /** An engine has the table. */
  applied(): void;
}

/** The engines at work: which carries a service, that each has its table, and what they say.
 *  Owns them. */
export class Carriers {
  readonly #parties: CarrierParties;
  readonly #feeds = new Map<EngineName, EngineFeed>();
  /** Why each cannot work here; undefined: it can. */
  #problems: ReadonlyMap<EngineName, string | undefined> = new Map();
  /** Engines that have said what they found in force. */
  readonly #recovered = new Set<EngineName>();
  readonly #connectFailed: ReturnType<typeof createConnectFailureLog>;

  constructor(parties: CarrierParties) {
    this.#parties = parties;
    this.#connectFailed = createConnectFailureLog(parties.log, () => performance.now());
    for (const [name, engine] of parties.engines)
      this.#feeds.set(name, this.#feed(name, engine));
  }

  /** Start and reload: looks which engines can work on this machine. */
  async look(): Promise<void> {
    const isAtWork = (name: EngineName) => this.#has(name);
    this.#problems = await probeEngines(this.#parties.engines, isAtWork);
  }

  /** What earlier runs left in force of these services: each engine is asked once, when it is to
   *  carry some. One that fails or does not answer within 2 s has found nothing. */
  async recover(
    services: readonly VirtualService[],
    choices: ReadonlyMap<string, EngineChoice>,
  ): Promise<Found> {
    const found = new Map<EngineName, ReadonlyMap<string, RecoveredService>>();
    const ask = async ([name, { engine }]: readonly [EngineName, EngineFeed]) => {
      const its = services.filter(({ id }) => choices.get(id)?.engine === name);
      if (its.length === 0 || this.#recovered.has(name)) return;
      this.#recovered.add(name);
      const known = await this.#answer(engine.recover(its), [], FOUND);
      found.set(name, new Map(known.map((service) => [service.id, service])));
    };
    await Promise.all(this.#able().map(ask));
    return found;
  }

  /** The engine for a service. */
  choose(service: VirtualService): EngineChoice {
    const candidates = new Map<EngineName, Candidate>();
    for (const [name, { engine }] of this.#feeds)
      candidates.set(name, { engine, problem: this.#problems.get(name) });
    return chooseEngine(service, candidates);
  }

  /** Whether that engine can carry the service. */
  carries(name: EngineName, service: VirtualService): boolean {
    const feed = this.#feeds.get(name);
    return feed !== undefined && feed.engine.refuses(service) === undefined;
  }

  /** The table entry of a service in that carriage has changed. */
  touch({ engine, leaving }: Pick<Carriage, 'engine' | 'leaving'>): void {
    for (const name of [engine, leaving?.engine])
      if (name !== undefined && this.#problems.get(name) === undefined)
        this.#feeds.get(name)?.touch();
  }

  /** Every table may have changed. Settles when the engines have been told. */
  async converge(): Promise<void> {
    const feeds = this.#able().map(([, feed]) => feed);
    for (const feed of feeds) feed.touch();
    const keepers = [...this.#parties.keepers().values()];
    const move = keepers.some(({ carriage }) => carriage.leaving !== undefined);
    await Promise.all(feeds.map((feed) => feed.current()));
    // One engine's answer was the other's next table.
    if (move) await Promise.all(feeds.map((feed) => feed.current()));
  }

  /** By service id. An engine that fails or does not answer within 2 s is left out. */
  async stats(): Promise<ReadonlyMap<string, ServiceStats>> {
    const stats = new Map<string, ServiceStats>();
    const asked = [...this.#feeds]
      .filter(([name]) => this.#has(name))
      .map(async ([name, { engine }]) => {
        for (const service of await this.#answer(engine.stats(), [], 'numbers'))
          if (this.#isCarrier(name, service.id)) stats.set(service.id, service);
      });
    await Promise.all(asked);
    return stats;
  }

  workers(): readonly WorkerStats[] {
    return [...this.#feeds.values()].flatMap(({ engine }) => engine.workers());
  }

  async close(how: { readonly clean: boolean }): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.close(how)));
  }

  /** Engines that can work on this machine. */
  #able(): readonly (readonly [EngineName, EngineFeed])[] {
    return [...this.#feeds].filter(([name]) => this.#problems.get(name) === undefined);
  }

  /** Whether an engine has services, be they on their way. */
  #has(name: EngineName): boolean {
    for (const { carriage } of this.#parties.keepers().values())
      if (isIn(carriage, name)) return true;
    return false;
  }

  #isCarrier(name: EngineName, id: string): boolean {
    const keeper = this.#parties.keepers().get(id);
    return keeper !== undefined && carrier(keeper.carriage) === name;
  }

  /** What an engine answers, or `none`, which the log tells of. */
  async #answer<T>(answer: Promise<T>, none: T, what: string): Promise<T> {
    const late = () => Promise.reject(new Error(`no answer within ${ANSWER_MS} ms`));
    try {
      return await within(ANSWER_MS, answer, late);
    } catch (error) {
      this.#parties.log.warn(`No ${what} from the engine: ${String(error)}`);
      return none;
    }
  }

  #feed(name: EngineName, engine: Engine): EngineFeed {
    const { log, keepers, applied } = this.#parties;
    return new EngineFeed({
      engine,
      log,
      table: () =>
        [...keepers().values()].flatMap((keeper) => keeper.entryFor(name) ?? []),
      applied: (table, outcomes) => {
        for (const [row, outcome] of outcomes.entries())
          this.#heard(name, { outcome, answers: true, entry: table[row] });
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
      case 'notice':
        this.#parties.log.warn(event.message);
        return;
      default:
        event satisfies never;
    }
  }
}
