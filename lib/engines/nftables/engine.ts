import { isDeepStrictEqual } from 'node:util';
import type {
  Engine,
  EngineEvent,
  RecoveredService,
  ServiceOutcome,
  ServiceStats,
  ServiceTable,
} from '../../model/engine.ts';
import { reasonOf } from '../../model/reason.ts';
import type { Traffic } from '../../model/traffic.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { EventQueue } from '../event-queue.ts';
import { hostAddresses } from '../host-addresses.ts';
import { NftError } from '../nft-program.ts';
import { Turns } from '../turns.ts';
import { Convergence } from './convergence.ts';
import { Dismisser, dismissals, keeps, strays } from './dismissals.ts';
import { Doubts } from './doubts.ts';
import { Flowtable } from './flowtable.ts';
import { HomeFallbacks } from './home-fallback.ts';
import { stands } from './kernel-state.ts';
import { KernelTable } from './kernel-table.ts';
import { leadable } from './leadable.ts';
import { Looks } from './looks.ts';
import { tableName } from './names.ts';
import { createNft, type Nft } from './nft.ts';
import { OpenFlows } from './open-flows.ts';
import type { NftablesOptions } from './options.ts';
import { probe } from './probe.ts';
import { forwardingProblem, tracks } from './problem.ts';
import { recovered } from './recover.ts';
import { inexact, omission, refusal } from './refusal.ts';
import { returnForesight, returnPath } from './return-path.ts';
import { changes, type OpenOf, STEER_MS } from './sources.ts';
import { StatsReader } from './stats-reader.ts';
import { createTraffic } from './traffic/traffic.ts';

const EVENTS = 1000;
const LOOK_MS = 5000;

/** The engine that has the kernel forward: rules of nftables replace the destination of a new
 *  connection, and connection tracking that of the rest. It makes one table of its own, which outlives
 *  it. Needs `nft`, `conntrack` and CAP_NET_ADMIN. */
export function createNftablesEngine(options: NftablesOptions): Engine {
  return new NftablesEngine(options);
}

class NftablesEngine implements Engine {
  readonly events = new EventQueue<EngineEvent>(EVENTS);
  readonly traffic: Traffic;
  readonly refuses = refusal;
  readonly omits = omission;
  readonly inexact = inexact;
  readonly returnForesight = (service: VirtualService) => returnForesight(service);
  readonly probe = () => probe(this.#nft, `${this.#name}_probe`, this.#proc);
  readonly lacks = ({ family }: VirtualService) =>
    forwardingProblem(family, this.#proc);
  readonly workers = () => [];
  readonly #name: string;
  readonly #nft: Nft;
  readonly #proc: string;
  readonly #kernel: KernelTable;
  readonly #flows: OpenFlows;
  readonly #stats: StatsReader;
  readonly #home: HomeFallbacks;
  readonly #convergence: Convergence;
  readonly #dismisser: Dismisser;
  readonly #doubts: Doubts;
  #table: ServiceTable = [];
  #outcomes: readonly ServiceOutcome[] = [];
  readonly #looks: Looks;
  readonly #flowtable: Flowtable;
  #timer: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;
  /** Whether the kernel may hold a table of ours. */
  #begun = false;
  #lasts = false; // Connections of the last services are to go on.
  readonly #turns = new Turns();
  readonly #end = new AbortController();
  readonly #open: OpenOf = (entry, server) => this.#flows.of(entry, server);

  constructor(options: NftablesOptions) {
    const tell = (event: EngineEvent) => this.events.push(event);
    const notice = (message: string) => tell({ type: 'notice', message });
    this.#name = tableName(options.instance ?? 'default');
    const enter = options.enter ?? [];
    this.#nft = createNft(enter);
    this.#proc = options.proc ?? '/proc';
    this.#looks = new Looks(options.lookMs ?? LOOK_MS);
    this.#kernel = new KernelTable(this.#nft, this.#name);
    this.#flowtable = new Flowtable(this.#kernel, options.flowtable ?? [], (problem) =>
      this.#notice('[nftables] flowtable', problem),
    );
    this.#flows = new OpenFlows({ warn: notice }, enter, this.#proc);
    this.#home = new HomeFallbacks(
      () => options.createHome({ ...options, workers: 1 }),
      tell,
    );
    const ours = { nft: this.#nft, name: this.#name, home: this.#home };
    this.#stats = new StatsReader({
      ...ours,
      flows: this.#flows,
      open: this.#open,
    });
    this.traffic = createTraffic({
      ...ours,
      enter,
      turns: this.#turns,
      force: () => [this.#table, this.#outcomes],
      signal: this.#end.signal,
    });
    this.#dismisser = new Dismisser(notice, enter);
    this.#doubts = new Doubts(notice);
    this.#convergence = new Convergence({
      kernel: this.#kernel,
      home: this.#home,
      open: this.#open,
      uncounted: () => this.#flows.problem,
      notice,
      proc: this.#proc,
    });
  }

  returnPath(service: VirtualService): string | undefined {
    return returnPath(service, hostAddresses(), this.lacks(service) === undefined);
  }

  async left(): Promise<boolean> {
    if (!tracks(this.#proc)) return false; // Then no table of ours can be there.
    // Who may not look has none either.
    const is = await stands(this.#nft, this.#name).catch(() => false);
    this.#begun ||= is;
    return is;
  }

  async recover(
    services: readonly VirtualService[],
  ): Promise<readonly RecoveredService[]> {
    if (services.length === 0) return [];
    this.#begun = true;
    try {
      return recovered(services, await this.#turns.take(() => this.#kernel.read()));
    } catch {
      return []; // apply() meets the same trouble, and says so.
    }
  }

  apply(table: ServiceTable): Promise<readonly ServiceOutcome[]> {
    return this.#turns.take(() => this.#apply(table.map(leadable)));
  }

  stats(): Promise<readonly ServiceStats[]> {
    return this.#stats.read(this.#table, this.#outcomes);
  }

  close({ clean }: { readonly clean: boolean }): Promise<void> {
    this.#end.abort(new Error('the engine was closed'));
    this.#closing ??= this.#turns.take(() => this.#close(clean));
    clearTimeout(this.#timer);
    return this.#closing;
  }

  async #close(clean: boolean): Promise<void> {
    try {
      if (clean && this.#begun) await this.#clean();
    } catch (error) {
      this.#notice(`The table inet ${this.#name} could not be removed`, error);
    }
    await Promise.all([this.#home.close(), this.#flows.close(), this.#stats.close()]);
    this.events.close();
  }

  /** As cleanstop of each service says. */
  async #clean(): Promise<void> {
    const stays = this.#table.filter(({ service }) => !service.cleanstop);
    await (stays.length === 0 ? this.#kernel.remove() : this.#convergence.to(stays));
  }

  async #apply(table: ServiceTable): Promise<readonly ServiceOutcome[]> {
    if (table.length > 0) this.#begun = true;
    if (!this.#begun) return [];
    await this.#flowtable.ask();
    const [before, said] = [this.#table, this.#outcomes];
    if (table.length + before.length > 0) this.#flows.used();
    if (before.length > 0) this.#lasts = before.some(keeps);
    const outcomes = await this.#convergence.to(table);
    [this.#table, this.#outcomes] = [table, outcomes];
    this.#doubts.hear(outcomes);
    if (outcomes.some(({ state }) => state !== 'failed')) this.#flows.follow(table);
    await this.#dismisser.end([
      ...dismissals(before, table),
      ...strays(before, said, table, outcomes),
    ]);
    if (table.length === 0 && !this.#lasts) await this.#leave();
    this.#watch();
    return outcomes;
  }

  /** Takes the table out when no service needs it. Not before connections that are to go on have
   *  ended: without any table the kernel would replace their addresses no more. */
  async #leave(): Promise<void> {
    try {
      await this.#kernel.remove();
      this.#begun = false;
    } catch (error) {
      if (!(error instanceof NftError)) throw error; // It is tried again.
    }
  }

  /** Looks at the kernel now and then: what others have done to the table is mended, what failed is
   *  tried again, what follows the number of connections is set anew. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#closing !== undefined || !this.#begun) return;
    const steers = this.#table.some(
      (entry, row) => this.#outcomes[row]?.state !== 'failed' && changes(entry),
    );
    const pause = this.#looks.pause(steers ? STEER_MS : Infinity);
    this.#timer = setTimeout(() => void this.#turns.take(() => this.#look()), pause);
  }

  async #look(): Promise<void> {
    if (this.#closing !== undefined) return;
    try {
      const left = this.#table.length === 0 && (await this.#flows.areOver());
      if (left) return await this.#leave();
      const before = this.#outcomes;
      this.#outcomes = await this.#looks.take((doubt) =>
        this.#convergence.to(this.#table, doubt),
      );
      this.#tell(before);
    } catch (error) {
      this.#notice('A look at the kernel failed', error);
    } finally {
      this.#watch();
    }
  }

  #tell(before: readonly ServiceOutcome[]): void {
    for (const [row, outcome] of this.#outcomes.entries())
      if (!isDeepStrictEqual(outcome, before[row]))
        this.events.push({ type: 'outcome', outcome });
    this.#doubts.hear(this.#outcomes);
  }

  #notice(what: string, error: unknown): void {
    const why = reasonOf(error);
    this.events.push({ type: 'notice', message: `${what}: ${why}` });
  }
}
