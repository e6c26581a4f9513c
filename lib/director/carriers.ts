import type {
  Engine,
  EngineEvent,
  ServiceStats,
  WorkerStats,
} from '../model/engine.ts';
import type { Log } from '../model/log.ts';
import type { EngineName, VirtualService } from '../model/virtual-service.ts';
import { within } from '../model/within.ts';
import { createConnectFailureLog } from './connect-failures.ts';
import { EngineFeed } from './engine-feed.ts';
import type { Assignment, ServiceKeeper } from './service-keeper.ts';

/** How long the status waits for an engine's numbers. */
const STATS_MS = 2000;

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
  readonly #connectFailed: ReturnType<typeof createConnectFailureLog>;

  constructor(parties: CarrierParties) {
    this.#parties = parties;
    this.#connectFailed = createConnectFailureLog(parties.log, () => performance.now());
    for (const [name, engine] of parties.engines)
      this.#feeds.set(name, this.#feed(name, engine));
  }

  /** The engine for a service; `auto` is `net` where it has no engine of its own. */
  assign(service: VirtualService): Assignment {
    const wish = service.options.engine;
    const engine = wish === 'auto' && !this.#feeds.has(wish) ? 'net' : wish;
    const feed = this.#feeds.get(engine);
    if (feed) return { engine, refusal: feed.engine.refuses(service) };
    const here = [...this.#feeds.keys()].join(', ');
    const refusal = `engine = ${wish}: this version does not have it; set one of: ${here}`;
    return { engine, refusal };
  }

  /** The table of that engine has changed. */
  touch(engine: EngineName): void {
    this.#feeds.get(engine)?.touch();
  }

  /** Every table may have changed. Settles when the engines have been told. */
  async converge(): Promise<void> {
    const feeds = [...this.#feeds.values()];
    for (const feed of feeds) feed.touch();
    await Promise.all(feeds.map((feed) => feed.current()));
  }

  /** By service id. An engine that fails or does not answer within 2 s is left out. */
  async stats(): Promise<ReadonlyMap<string, ServiceStats>> {
    const stats = new Map<string, ServiceStats>();
    const late = () => Promise.reject(new Error(`no answer within ${STATS_MS} ms`));
    const ask = async ({ engine }: EngineFeed) => {
      try {
        for (const service of await within(STATS_MS, engine.stats(), late))
          stats.set(service.id, service);
      } catch (error) {
        this.#parties.log.warn(`No numbers from the engine: ${String(error)}`);
      }
    };
    await Promise.all([...this.#feeds.values()].map(ask));
    return stats;
  }

  workers(): readonly WorkerStats[] {
    return [...this.#feeds.values()].flatMap(({ engine }) => engine.workers());
  }

  async close(how: { readonly clean: boolean }): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.close(how)));
  }

  #feed(name: EngineName, engine: Engine): EngineFeed {
    const { log, keepers, applied } = this.#parties;
    const mine = (id: string) => {
      const keeper = keepers().get(id);
      return keeper?.carriage.engine === name ? keeper : undefined;
    };
    return new EngineFeed({
      engine,
      log,
      table: () =>
        [...keepers().values()].flatMap(({ carriage, entry }) =>
          entry && carriage.engine === name ? [entry] : [],
        ),
      applied(table, outcomes) {
        for (const [row, outcome] of outcomes.entries())
          mine(outcome.id)?.heard(outcome, table[row]);
        applied();
      },
      failed(table, problem) {
        for (const { service } of table)
          mine(service.id)?.heard({ id: service.id, state: 'failed', problem });
      },
      event: (event) => this.#event(event, mine),
    });
  }

  #event(event: EngineEvent, mine: (id: string) => ServiceKeeper | undefined): void {
    switch (event.type) {
      case 'outcome':
        mine(event.outcome.id)?.heard(event.outcome);
        return;
      case 'connect-failed': {
        const label = mine(event.service)?.label ?? event.service;
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
