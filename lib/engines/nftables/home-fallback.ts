import type {
  Engine,
  EngineEvent,
  ServiceEntry,
  ServiceOutcome,
  ServiceStats,
  ServiceTable,
} from '../../model/engine.ts';
import type { Traffic } from '../../model/traffic.ts';
import { atHome } from './sources.ts';

/** Fallbacks on this host. The kernel forwards nothing to the loopback interface, so a listener of
 *  an engine that forwards by itself takes what no rule leads away, and carries it there. It is there only while such a
 *  fallback is in force. */
export class HomeFallbacks {
  readonly #create: () => Engine;
  readonly #tell: (event: EngineEvent) => void;
  #engine: Engine | undefined;
  #listening: Promise<void> | undefined;

  /** @param create makes an engine that forwards by itself; it is closed here
   *  @param tell   hears that engine's events */
  constructor(create: () => Engine, tell: (event: EngineEvent) => void) {
    this.#create = create;
    this.#tell = tell;
  }

  /** @returns by service id, for those that have such a fallback in force */
  async apply(table: ServiceTable): Promise<ReadonlyMap<string, ServiceOutcome>> {
    const wanted: ServiceEntry[] = [];
    const beside: ServiceEntry[] = [];
    for (const entry of table) {
      const home = atHome(entry);
      if (home) wanted.push({ service: entry.service, servers: [home] });
      else beside.push(entry);
    }
    if (wanted.length === 0 && this.#engine === undefined) return new Map();
    const outcomes = await this.#open().apply(wanted, beside);
    return new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  }

  /** Undefined: nothing was ever carried there. */
  get traffic(): Traffic | undefined {
    return this.#engine?.traffic;
  }

  /** By service id. */
  async stats(): Promise<ReadonlyMap<string, ServiceStats>> {
    const stats = (await this.#engine?.stats()) ?? [];
    return new Map(stats.map((one) => [one.id, one]));
  }

  async close(): Promise<void> {
    await this.#engine?.close({ clean: true });
    await this.#listening;
  }

  #open(): Engine {
    if (this.#engine) return this.#engine;
    const engine = this.#create();
    this.#engine = engine;
    this.#listening = this.#listen(engine);
    return engine;
  }

  async #listen({ events }: Engine): Promise<void> {
    for await (const event of events) this.#tell(event);
  }
}
