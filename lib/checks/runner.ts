import type { CheckPlan, CheckRunner } from '../model/check.ts';
import type { Log } from '../model/log.ts';
import { attempt } from './attempt.ts';
import { chooseCheck } from './choose.ts';
import { CheckLoader } from './loader.ts';
import { Maintenance } from './maintenance.ts';
import { createMatcher } from './matcher.ts';
import { describe } from './message.ts';
import { LackNews, lackSeen } from './own-lack.ts';
import { createPacer } from './pacer.ts';
import { type Checking, PlannedCheck } from './planned-check.ts';
import type { ReverseNames } from './reverse-names.ts';
import { identity } from './sharing.ts';
import { Stalls } from './stalls.ts';

export interface CheckRunnerOptions {
  readonly log: Log;
  /** See {@link attempt}; default 2,000. */
  readonly graceMs?: number;
  /** Which check a target needs; tests give their own. */
  readonly choose?: typeof chooseCheck;
  /** Names of servers, for maintenancedir. */
  readonly names?: ReverseNames;
  /** Told at every start how late it is, in milliseconds; for those who measure. */
  readonly started?: (lateMs: number) => void;
  /** A number in [0, 1), for jitter. */
  readonly random?: () => number;
}

/** Makes planned checks, each on its own timer. The caller closes it. */
export function createCheckRunner(options: CheckRunnerOptions): CheckRunner {
  return new Runner(options);
}

class Runner implements CheckRunner {
  readonly #options: CheckRunnerOptions;
  readonly #planned = new Map<string, PlannedCheck>();
  readonly #stopping = new Set<Promise<void>>();
  readonly #matcher = createMatcher();
  readonly #loader: CheckLoader;
  readonly #maintenance: Maintenance;
  readonly #stalls = new Stalls();
  readonly #lack: LackNews;
  readonly #checking: Checking;
  #count = 0;
  #closed = false;

  constructor(options: CheckRunnerOptions) {
    this.#options = options;
    this.#lack = new LackNews(
      (message) => options.log.error(message),
      () => performance.now(),
    );
    this.#loader = new CheckLoader(options.log);
    this.#maintenance = new Maintenance(options.names);
    this.#checking = {
      pacer: createPacer(),
      inMaintenance: ({ target }) => this.#maintenance.holds(target),
      check: (plan, word, abort) => this.#check(plan, word, abort),
      stalledSince: (began) => this.#stalls.since(began),
      started: options.started,
      random: options.random ?? Math.random,
      unwanted: (planned) => this.#end(planned),
      failed: (error) =>
        options.log.error(`A check's report was not taken: ${describe(error)}`),
    };
  }

  subscribe(...[plan, on, isDown]: Parameters<CheckRunner['subscribe']>): Disposable {
    if (this.#closed) throw new Error('the check runner is closed');
    const key = identity(plan);
    const planned = this.#planned.get(key) ?? this.#start(key, plan);
    return planned.subscribe(on, isDown);
  }

  maintenancedir(directory: string | undefined): void {
    this.#maintenance.watch(directory);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const planned of this.#planned.values()) this.#end(planned);
    await Promise.all(this.#stopping);
    this.#stalls[Symbol.dispose]();
    await this.#matcher.close();
    await this.#loader.close();
  }

  #start(key: string, plan: CheckPlan): PlannedCheck {
    // Multiples of the golden ratio fall evenly into the interval, however many there are.
    const phase = (this.#count++ * 0.618_034) % 1;
    const planned = new PlannedCheck(key, plan, this.#checking, phase);
    this.#planned.set(key, planned);
    return planned;
  }

  /** Once: the runner may have been closed before its subscribers let go. */
  #end(planned: PlannedCheck): void {
    if (this.#planned.get(planned.key) !== planned) return;
    this.#planned.delete(planned.key);
    const ended = planned.stop().finally(() => this.#stopping.delete(ended));
    this.#stopping.add(ended);
  }

  async #check(...[plan, word, abort]: Parameters<Checking['check']>) {
    const { target } = plan;
    const { choose = chooseCheck, graceMs = 2000 } = this.#options;
    const chosen = choose(target, word);
    if (chosen === undefined) return undefined;
    try {
      const check = await this.#loader.load(chosen.load);
      const matcher = this.#matcher;
      const result = await attempt({ target, chosen, check, matcher, graceMs, abort });
      const lack = result.up ? undefined : lackSeen(abort.signal);
      if (lack === undefined) return result;
      this.#lack.came(lack);
      return undefined;
    } catch (error) {
      return { up: false, message: describe(error) };
    }
  }
}
