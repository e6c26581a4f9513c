import { setImmediate as nextTick, setTimeout as pause } from 'node:timers/promises';
import type {
  Engine,
  EngineEvent,
  EngineWork,
  ServiceOutcome,
  ServiceTable,
} from '../model/engine.ts';
import type { Log } from '../model/log.ts';
import { reasonOf } from '../model/reason.ts';
import { within } from '../model/within.ts';
import { leadAlike } from './beside.ts';

/** From an apply() that threw to the next attempt. */
const RETRY_MS = 1000;
/** The cost of a call grows with the table, and so does the pause behind it: a millisecond for as
 *  many services, up to the longest. */
const SERVICES_A_MS = 100;
const LONGEST_PAUSE_MS = 50;
/** How long a shutdown waits for an apply() under way, and for the engine's end. */
const CLOSE_MS = 5000;

/** What the feed asks and tells. */
export interface FeedParties {
  readonly engine: Engine;
  /** As log lines name it: `engine`. */
  label(): string;
  readonly log: Log;
  /** What should be in force now. */
  table(): ServiceTable;
  /** And what other engines carry, for one that dials. */
  beside(): ServiceTable;
  /** The table is in force, with an outcome a service. */
  applied(table: ServiceTable, outcomes: readonly ServiceOutcome[]): void;
  /** The engine threw, which is a defect: it is told once, and tried again. */
  failed(table: ServiceTable, reason: string): void;
  event(event: EngineEvent): void;
}

/** Keeps one engine at the table: changes of one turn of the event loop go together, and those of
 *  some milliseconds where the table is large; never two calls at once, the latest table wins. Owns
 *  the engine: closing it closes that too. */
export class EngineFeed {
  readonly #parties: FeedParties;
  readonly #listening: Promise<void>;
  #asked = 0;
  #done = 0;
  #running: Promise<void> | undefined;
  #waiting: { readonly until: number; readonly resolve: () => void }[] = [];
  #retry: NodeJS.Timeout | undefined;
  #lastProblem = '';
  #beside: ServiceTable = [];
  #work = { applies: 0, failures: 0, seconds: 0, lastSeconds: 0 };
  #closing: Promise<void> | undefined;

  constructor(parties: FeedParties) {
    this.#parties = parties;
    this.#listening = listen(parties);
  }

  /** What the engine was told so far. */
  get work(): Omit<EngineWork, 'engine'> {
    return this.#work;
  }

  get engine(): Engine {
    return this.#parties.engine;
  }

  /** The table has changed. */
  touch(): void {
    this.#asked++;
    if (this.#closing === undefined) this.#running ??= this.#run();
  }

  /** What other engines carry has changed. The engine is told where clients may be led elsewhere by that. */
  touchBeside(): void {
    if (!leadAlike(this.#beside, this.#parties.beside())) this.touch();
  }

  /** Settles when an apply() that holds everything touched so far has ended, well or not. */
  current(): Promise<void> {
    if (this.#done >= this.#asked || this.#closing !== undefined)
      return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ until: this.#asked, resolve });
    });
  }

  /** Waits for an apply() under way. Idempotent. */
  close(how: { readonly clean: boolean }): Promise<void> {
    this.#closing ??= this.#close(how);
    return this.#closing;
  }

  async #close(how: { readonly clean: boolean }): Promise<void> {
    const { engine } = this.#parties;
    clearTimeout(this.#retry);
    await this.#patiently(this.#running);
    await this.#patiently(engine.close(how).then(() => this.#listening));
  }

  /** A shutdown goes on, whatever the engine does. */
  async #patiently(work: Promise<void> | undefined): Promise<void> {
    const late = () => Promise.reject(new Error(`no answer within ${CLOSE_MS} ms`));
    try {
      if (work !== undefined) await within(CLOSE_MS, work, late);
    } catch (error) {
      const { label, log } = this.#parties;
      log.error(`${label()}: closing it failed: ${String(error)}`);
    }
  }

  async #run(): Promise<void> {
    while (this.#done < this.#asked && this.#closing === undefined) {
      await nextTick();
      const holds = this.#asked;
      const services = await this.#applyOnce();
      this.#done = holds;
      this.#release();
      // Results of many checks, one at a time: what comes meanwhile goes together.
      const ms = Math.min(Math.floor(services / SERVICES_A_MS), LONGEST_PAUSE_MS);
      if (ms > 0 && this.#closing === undefined) await pause(ms);
    }
    this.#running = undefined;
    this.#release();
  }

  /** @returns how many services were looked at */
  async #applyOnce(): Promise<number> {
    const { engine, label, log } = this.#parties;
    const table = this.#parties.table();
    const beside = this.#parties.beside();
    this.#beside = beside;
    const began = performance.now();
    try {
      const outcomes = await engine.apply(table, beside);
      this.#count(began, 0);
      this.#parties.applied(table, outcomes);
      this.#lastProblem = '';
    } catch (error) {
      this.#count(began, 1);
      const reason = reasonOf(error);
      if (reason !== this.#lastProblem) log.error(`${label()}: ${reason}`);
      this.#lastProblem = reason;
      this.#parties.failed(table, reason);
      clearTimeout(this.#retry);
      if (this.#closing === undefined)
        this.#retry = setTimeout(() => this.touch(), RETRY_MS);
    }
    return table.length + beside.length;
  }

  #count(began: number, failed: 0 | 1): void {
    const { applies, failures, seconds } = this.#work;
    const lastSeconds = (performance.now() - began) / 1000;
    this.#work = {
      applies: applies + 1,
      failures: failures + failed,
      seconds: seconds + lastSeconds,
      lastSeconds,
    };
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting)
      if (waiter.until <= this.#done || this.#closing !== undefined) waiter.resolve();
      else this.#waiting.push(waiter);
  }
}

async function listen({ engine, label, log, event }: FeedParties): Promise<void> {
  try {
    for await (const told of engine.events) event(told);
  } catch (error) {
    log.error(`${label()}: its events ended: ${String(error)}`);
  }
}
