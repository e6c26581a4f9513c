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
import { EventQueue } from '../event-queue.ts';
import type { EngineOptions } from '../factory.ts';
import { Convergence } from './convergence.ts';
import { createIpvsadm, type Ipvsadm, Unusable } from './ipvsadm.ts';
import { serviceNumbers } from './numbers.ts';
import { outcomeOf } from './outcome.ts';
import { probe } from './probe.ts';
import { recovered } from './recovered.ts';
import { refusal } from './refusal.ts';

export interface IpvsOptions extends EngineOptions {
  /** Name or path; default `ipvsadm`. */
  readonly program?: string;
  /** Where procfs is mounted; default `/proc`. */
  readonly proc?: string;
  /** The folder of kernel modules; default `/lib/modules`. */
  readonly modules?: string;
  /** From something that the kernel refused to the next attempt; default 5 s. */
  readonly retryMs?: number;
}

const EVENTS = 1000;
const RETRY_MS = 5000;
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
  readonly #options: IpvsOptions;
  readonly #ipvsadm: Ipvsadm;
  readonly #convergence: Convergence;
  readonly #retryMs: number;
  /** Aborts at the end: ends what is under way. */
  readonly #end = new AbortController();
  /** Tables, retries and the end, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #table: ServiceTable = [];
  #outcomes: readonly ServiceOutcome[] = [];
  #retry: NodeJS.Timeout | undefined;

  constructor(options: IpvsOptions) {
    this.#options = options;
    this.#ipvsadm = createIpvsadm({ program: options.program });
    this.#convergence = new Convergence(this.#ipvsadm);
    this.#retryMs = options.retryMs ?? RETRY_MS;
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
      return recovered(services, await this.#convergence.held(this.#end.signal));
    } catch (error) {
      if (error instanceof Unusable) return [];
      throw error;
    }
  }

  apply(table: ServiceTable): Promise<readonly ServiceOutcome[]> {
    return this.#inTurn(async () => {
      this.#table = table;
      return this.#converge();
    });
  }

  async stats(): Promise<readonly ServiceStats[]> {
    const table = this.#table;
    if (table.length === 0) return [];
    const { signal } = this.#end;
    try {
      const totals = await this.#ipvsadm.list(['--stats', '--exact'], signal);
      const now = await this.#ipvsadm.list(['--persistent-conn'], signal);
      return serviceNumbers(table, totals, now);
    } catch (error) {
      // The outcomes say so.
      if (error instanceof Unusable) return [];
      throw error;
    }
  }

  workers(): readonly WorkerStats[] {
    return [];
  }

  async close({ clean }: { readonly clean: boolean }): Promise<void> {
    clearTimeout(this.#retry);
    this.#end.abort(new Error('the engine was closed'));
    await this.#turn;
    try {
      if (clean) await this.#clean();
    } finally {
      this.events.close();
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  async #converge(): Promise<readonly ServiceOutcome[]> {
    clearTimeout(this.#retry);
    const table = this.#table;
    if (table.length === 0 && this.#convergence.ours.length === 0) return [];
    const outcomes = await this.#attempt(table);
    this.#tellOfParts(outcomes);
    this.#outcomes = outcomes;
    if (outcomes.some(({ problem }) => problem !== undefined))
      this.#retry = setTimeout(
        () => void this.#inTurn(() => this.#again()),
        this.#retryMs,
      );
    return outcomes;
  }

  async #attempt(table: ServiceTable): Promise<readonly ServiceOutcome[]> {
    try {
      const failures = await this.#convergence.to(table, this.#end.signal);
      return table.map((entry) =>
        outcomeOf(entry, failures.get(entry.service.id) ?? []),
      );
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      const { message: problem } = error;
      return table.map(({ service }) => ({ id: service.id, state: 'failed', problem }));
    }
  }

  /** A service that is carried without all of its servers is no failure; it is told once. */
  #tellOfParts(outcomes: readonly ServiceOutcome[]): void {
    for (const outcome of outcomes) {
      const { id, state, problem } = outcome;
      if (state !== 'carried' || problem === undefined || isIn(this.#outcomes, outcome))
        continue;
      const message = `Not all of virtual server ${id} is carried: ${problem}`;
      this.events.push({ type: 'notice', message });
    }
  }

  async #again(): Promise<void> {
    if (this.#end.signal.aborted) return;
    const before = this.#outcomes;
    try {
      for (const outcome of await this.#converge())
        if (!isIn(before, outcome)) this.events.push({ type: 'outcome', outcome });
    } catch (error) {
      if (!this.#end.signal.aborted)
        this.events.push({ type: 'notice', message: `ipvs: ${String(error)}` });
    }
  }

  /** As cleanstop of each service says. */
  async #clean(): Promise<void> {
    if (this.#convergence.ours.length === 0) return;
    const stays = this.#table.filter(({ service }) => !service.cleanstop);
    try {
      await this.#convergence.to(stays, AbortSignal.timeout(CLEAN_MS));
    } catch (error) {
      // The outcomes said so.
      if (!(error instanceof Unusable)) throw error;
    }
  }
}

function isIn(outcomes: readonly ServiceOutcome[], outcome: ServiceOutcome): boolean {
  return outcomes.some(
    ({ id, state, problem }) =>
      id === outcome.id && state === outcome.state && problem === outcome.problem,
  );
}
