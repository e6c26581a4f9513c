import type {
  Engine,
  EngineEvent,
  RecoveredService,
  ServiceOutcome,
  ServiceStats,
  ServiceTable,
  WorkerStats,
} from '../../model/engine.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import type { EngineOptions } from '../factory.ts';
import { EventQueue } from '../net/event-queue.ts';
import { Convergence } from './convergence.ts';
import { Dismisser, dismissals } from './dismissals.ts';
import { HomeFallbacks } from './home-fallback.ts';
import { KernelTable } from './kernel-table.ts';
import { tableName } from './names.ts';
import { createNft, type Nft } from './nft.ts';
import { OpenFlows } from './open-flows.ts';
import { recovered } from './recover.ts';
import { refusal } from './refusal.ts';
import { changes, type OpenOf } from './sources.ts';
import { statsCommands, statsOf, withHome } from './stats.ts';

export interface NftablesOptions extends EngineOptions {
  /** Where procfs is mounted; default `/proc`. */
  readonly proc?: string;
  /** Words before the programs nft and conntrack, as in `ip netns exec director`. */
  readonly enter?: readonly string[];
  /** From one look at the kernel to the next, in milliseconds; default 5,000. */
  readonly lookMs?: number;
}

const EVENTS = 1000;
const LOOK_MS = 5000;
/** Every so many looks the whole table is read, not only whether it is there. */
const THOROUGH = 12;
/** From one setting of what depends on the number of connections to the next. */
const STEER_MS = 250;

/** The engine that has the kernel forward: rules of nftables replace the destination of a new
 *  connection, and connection tracking does so for the rest of it. What it makes is one table of its
 *  own, which outlives it. Needs `nft`, `conntrack` and CAP_NET_ADMIN. */
export function createNftablesEngine(options: NftablesOptions = {}): Engine {
  return new NftablesEngine(options);
}

class NftablesEngine implements Engine {
  readonly events = new EventQueue<EngineEvent>(EVENTS);
  readonly #name: string;
  readonly #nft: Nft;
  readonly #lookMs: number;
  readonly #kernel: KernelTable;
  readonly #flows: OpenFlows;
  readonly #home: HomeFallbacks;
  readonly #convergence: Convergence;
  readonly #dismisser: Dismisser;
  #table: ServiceTable = [];
  #outcomes: readonly ServiceOutcome[] = [];
  #thoroughAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;
  /** Whether the kernel may hold a table of ours. */
  #begun = false;
  /** One after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  readonly #open: OpenOf = (entry, server) => this.#flows.of(entry, server);

  constructor(options: NftablesOptions) {
    const tell = (event: EngineEvent) => this.events.push(event);
    const notice = (message: string) => tell({ type: 'notice', message });
    this.#name = tableName(options.instance ?? 'default');
    const enter = options.enter ?? [];
    this.#nft = createNft(enter);
    this.#lookMs = options.lookMs ?? LOOK_MS;
    this.#kernel = new KernelTable(this.#nft, this.#name);
    this.#flows = new OpenFlows({ warn: notice }, enter);
    this.#home = new HomeFallbacks(options, tell);
    this.#dismisser = new Dismisser(notice, enter);
    this.#convergence = new Convergence({
      kernel: this.#kernel,
      home: this.#home,
      open: this.#open,
      proc: options.proc ?? '/proc',
    });
  }

  refuses(service: VirtualService): string | undefined {
    return refusal(service);
  }

  async recover(
    services: readonly VirtualService[],
  ): Promise<readonly RecoveredService[]> {
    if (services.length === 0) return [];
    this.#begun = true;
    try {
      return recovered(services, await this.#inTurn(() => this.#kernel.read()));
    } catch {
      return []; // apply() meets the same trouble, and says so.
    }
  }

  apply(table: ServiceTable): Promise<readonly ServiceOutcome[]> {
    return this.#inTurn(() => this.#apply(table));
  }

  async stats(): Promise<readonly ServiceStats[]> {
    const [table, outcomes] = [this.#table, this.#outcomes];
    const carried = table.filter((_, row) => outcomes[row]?.state !== 'failed');
    const commands = statsCommands(this.#name, carried);
    const items = carried.length > 0 ? await this.#nft.run(commands) : [];
    const stats = statsOf(table, items, this.#open);
    return withHome(stats, await this.#home.stats());
  }

  workers(): readonly WorkerStats[] {
    return [];
  }

  close({ clean }: { readonly clean: boolean }): Promise<void> {
    this.#closing ??= this.#inTurn(() => this.#close(clean));
    clearTimeout(this.#timer);
    return this.#closing;
  }

  async #close(clean: boolean): Promise<void> {
    try {
      if (clean && this.#begun) await this.#kernel.remove();
    } catch (error) {
      this.#notice(`The table inet ${this.#name} could not be removed`, error);
    }
    await Promise.all([this.#home.close(), this.#flows.close()]);
    this.events.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  async #apply(table: ServiceTable): Promise<readonly ServiceOutcome[]> {
    if (table.length > 0) this.#begun = true;
    if (!this.#begun) return [];
    const before = this.#table;
    const outcomes = await this.#convergence.to(table);
    [this.#table, this.#outcomes] = [table, outcomes];
    if (outcomes.some(({ state }) => state !== 'failed')) this.#flows.follow(table);
    await this.#dismisser.end(dismissals(before, table));
    this.#watch();
    return outcomes;
  }

  /** Looks at the kernel now and then: what others have done to the table is mended, what failed is
   *  tried again, what follows the number of connections is set anew. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#closing !== undefined || this.#table.length === 0) return;
    const steers = this.#table.some(changes);
    const pause = steers ? Math.min(STEER_MS, this.#lookMs) : this.#lookMs;
    this.#timer = setTimeout(() => void this.#inTurn(() => this.#look()), pause);
  }

  async #look(): Promise<void> {
    if (this.#closing !== undefined) return;
    const thorough = performance.now() - this.#thoroughAt >= THOROUGH * this.#lookMs;
    if (thorough) this.#thoroughAt = performance.now();
    try {
      const before = new Map(this.#outcomes.map((outcome) => [outcome.id, outcome]));
      this.#outcomes = await this.#convergence.to(
        this.#table,
        thorough ? 'thorough' : 'whole',
      );
      for (const outcome of this.#outcomes) {
        const { state, problem } = before.get(outcome.id) ?? {};
        if (state !== outcome.state || problem !== outcome.problem)
          this.events.push({ type: 'outcome', outcome });
      }
    } catch (error) {
      this.#notice('A look at the kernel failed', error);
    }
    this.#watch();
  }

  #notice(what: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.events.push({ type: 'notice', message: `${what}: ${why}` });
  }
}
