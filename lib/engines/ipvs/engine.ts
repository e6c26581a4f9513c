import type {
  Engine,
  EngineEvent,
  RecoveredService,
  ServiceOutcome,
  ServiceStats,
  ServiceTable,
  WorkerStats,
} from '../../model/engine.ts';
import type { Traffic } from '../../model/traffic.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { EventQueue } from '../event-queue.ts';
import type { EngineOptions } from '../factory.ts';
import { Turns } from '../turns.ts';
import { type Converged, Convergence } from './convergence.ts';
import { createIpvsadm, type Ipvsadm, Unusable } from './ipvsadm.ts';
import { lostInWords, newsOf, partsInWords, stuckInWords } from './news.ts';
import { serviceNumbers } from './numbers.ts';
import { outcomeOf, refusedArrivals } from './outcome.ts';
import { withKernelPorts } from './ports.ts';
import { probe } from './probe.ts';
import { recovered } from './recovered.ts';
import { refusal } from './refusal.ts';
import { retryPause } from './retry.ts';
import { createTraffic } from './traffic.ts';

export interface IpvsOptions extends EngineOptions {
  /** Name or path; default `ipvsadm`. */
  readonly program?: string;
  /** Where procfs is mounted; default `/proc`. */
  readonly proc?: string;
  /** The folder of kernel modules; default `/lib/modules`. */
  readonly modules?: string;
  /** How long a call may take; default 10 s. */
  readonly callMs?: number;
  /** From something that the kernel refused to the next attempt; see {@link retryPause}. */
  readonly retryMs?: number;
}

const EVENTS = 1000;
/** For taking everything out at the end; the director waits no longer. */
const CLEAN_MS = 4000;

/** The engine that has the kernel's IPVS forward, by the calls of ipvsadm that ldirectord makes:
 *  clients keep their address, and gate and ipip are what they say. Where no service wants it,
 *  ipvsadm is never called. */
export function createIpvsEngine(options: IpvsOptions = {}): Engine {
  return new IpvsEngine(options);
}

class IpvsEngine implements Engine {
  readonly events = new EventQueue<EngineEvent>(EVENTS);
  readonly traffic: Traffic;
  readonly #options: IpvsOptions;
  readonly #ipvsadm: Ipvsadm;
  readonly #convergence: Convergence;
  /** Aborts at the end: ends what is under way. */
  readonly #end = new AbortController();
  /** Tables, retries and the end, one after the other. */
  readonly #turns = new Turns();
  #table: ServiceTable = [];
  #outcomes: ReadonlyMap<string, ServiceOutcome> = new Map();
  /** Attempts in a row that left something undone. */
  #attempts = 0;
  #retry: NodeJS.Timeout | undefined;
  #counting: Promise<readonly ServiceStats[]> | undefined;
  /** IPVS was seen to be here. */
  #found = false;

  constructor(options: IpvsOptions) {
    this.#options = options;
    this.#ipvsadm = createIpvsadm(options);
    this.#convergence = new Convergence(this.#ipvsadm);
    this.traffic = createTraffic({
      ipvsadm: this.#ipvsadm,
      table: () => (this.#found ? this.#table : []),
      signal: this.#end.signal,
    });
  }

  probe(): Promise<string | undefined> {
    const {
      program = 'ipvsadm',
      proc = '/proc',
      modules = '/lib/modules',
    } = this.#options;
    return probe({ program, proc, modules });
  }

  refuses(service: VirtualService): string | undefined {
    return refusal(service);
  }

  /** Nothing where ipvsadm is of no use: apply() says why. */
  async recover(
    services: readonly VirtualService[],
  ): Promise<readonly RecoveredService[]> {
    if (services.length === 0) return [];
    try {
      await this.#find();
      return recovered(services, await this.#convergence.held(this.#end.signal));
    } catch (error) {
      if (error instanceof Unusable) return [];
      throw error;
    }
  }

  apply(table: ServiceTable): Promise<readonly ServiceOutcome[]> {
    return this.#turns.take(async () => {
      this.#table = table.map(withKernelPorts);
      this.#attempts = 0;
      return this.#converge();
    });
  }

  /** Those who ask while the numbers are being read share them. */
  stats(): Promise<readonly ServiceStats[]> {
    this.#counting ??= this.#count().finally(() => {
      this.#counting = undefined;
    });
    return this.#counting;
  }

  workers(): readonly WorkerStats[] {
    return [];
  }

  async close({ clean }: { readonly clean: boolean }): Promise<void> {
    this.#end.abort(new Error('the engine was closed'));
    await this.#turns.over();
    clearTimeout(this.#retry);
    try {
      if (clean) await this.#clean();
    } finally {
      this.events.close();
    }
  }

  /** Nothing is called before: a call of ipvsadm has the kernel look for its module.
   *  @throws Unusable where IPVS cannot be had */
  async #find(): Promise<void> {
    if (this.#found) return;
    const problem = await this.probe();
    if (problem !== undefined) throw new Unusable(problem);
    this.#found = true;
  }

  async #converge(): Promise<readonly ServiceOutcome[]> {
    clearTimeout(this.#retry);
    const table = this.#table;
    if (table.length === 0 && this.#convergence.ours.length === 0) return [];
    const outcomes = await this.#attempt(table);
    this.#notice(partsInWords(outcomes, this.#outcomes));
    this.#outcomes = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
    const undone =
      outcomes.some(({ problem }) => problem !== undefined) ||
      this.#convergence.ours.length > table.length;
    if (undone) this.#lookIn(retryPause(this.#attempts++, this.#options.retryMs));
    return outcomes;
  }

  async #attempt(table: ServiceTable): Promise<readonly ServiceOutcome[]> {
    try {
      await this.#find();
      const converged = await this.#convergence.to(table, this.#end.signal);
      this.#tell(table, converged);
      const outcomes = table.map((entry) =>
        outcomeOf(entry, converged.failures.get(entry.service.id) ?? []),
      );
      const refused = refusedArrivals(table, outcomes);
      await this.#convergence.takeOut(refused, this.#end.signal);
      return outcomes;
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      const { message: problem } = error;
      if (table.length === 0 && this.#attempts === 0)
        this.#notice([`What IPVS carried is still in the kernel's table: ${problem}`]);
      return table.map(({ service }) => ({ id: service.id, state: 'failed', problem }));
    }
  }

  #tell(table: ServiceTable, { failures, lost }: Converged): void {
    this.#notice(lostInWords(lost));
    if (this.#attempts === 0) this.#notice(stuckInWords(table, failures));
  }

  #notice(messages: readonly string[]): void {
    for (const message of messages) this.events.push({ type: 'notice', message });
  }

  #lookIn(ms: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#turns.take(() => this.#again()), ms);
  }

  async #again(): Promise<void> {
    if (this.#end.signal.aborted) return;
    const before = this.#outcomes;
    try {
      for (const outcome of newsOf(await this.#converge(), before))
        this.events.push({ type: 'outcome', outcome });
    } catch (error) {
      if (!this.#end.signal.aborted) this.#notice([`ipvs: ${String(error)}`]);
    }
  }

  async #count(): Promise<readonly ServiceStats[]> {
    const table = this.#table;
    if (table.length === 0 || !this.#found) return [];
    const { signal } = this.#end;
    try {
      const totals = await this.#ipvsadm.list(['--stats', '--exact'], signal);
      const now = await this.#ipvsadm.list(['--persistent-conn'], signal);
      const numbers = serviceNumbers(table, totals, now);
      // Somebody may have emptied the table.
      if (numbers.length < this.#carried()) this.#lookIn(0);
      return numbers;
    } catch (error) {
      // The outcomes say so.
      if (error instanceof Unusable) return [];
      throw error;
    }
  }

  /** How many services the kernel is to hold. */
  #carried(): number {
    let carried = 0;
    for (const { state } of this.#outcomes.values()) if (state !== 'failed') carried++;
    return carried;
  }

  /** As cleanstop of each service says.
   *  @throws when something of ours may be left that should not */
  async #clean(): Promise<void> {
    if (this.#convergence.ours.length === 0) return;
    const stays = this.#table.filter(({ service }) => !service.cleanstop);
    const late = new Error(
      `ipvsadm did not end within ${CLEAN_MS / 1000} s: "ipvsadm -L -n" shows what is left`,
    );
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(late), CLEAN_MS);
    try {
      const { failures } = await this.#convergence.to(stays, patience.signal);
      const stuck = stuckInWords(stays, failures);
      if (stuck.length > 0) throw new Error(stuck.join('; '));
    } finally {
      clearTimeout(timer);
    }
  }
}
