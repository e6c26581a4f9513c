import type { CheckPlan, CheckReport, CheckResult } from '../model/check.ts';
import type { CheckWord } from '../model/virtual-service.ts';
import type { Pacer, Startable } from './pacer.ts';
import { timerMs } from './timer-limit.ts';

/** What a planned check needs of the runner. There are thousands of planned checks, and most of
 *  the time each waits: what only a check at work needs is made for it, and not kept. */
export interface Checking {
  readonly pacer: Pacer;
  inMaintenance(plan: CheckPlan): Promise<boolean>;
  /** One check of that kind; undefined when there is nothing to report. Never rejects.
   *  @param abort  ends it; the check may abort it as well */
  check(
    plan: CheckPlan,
    word: CheckWord,
    abort: AbortController,
  ): Promise<CheckResult | undefined>;
  /** Whether this process could not run for some of that time. */
  stalledSince(began: number): boolean;
  readonly started: ((lateMs: number) => void) | undefined;
  /** A number in [0, 1). */
  random(): number;
  /** Nobody subscribes to it any more. */
  unwanted(planned: PlannedCheck): void;
  /** A subscriber threw. */
  failed(error: unknown): void;
}

/** A report before its time is known. */
type Found = Omit<CheckReport, 'at' | 'durationMs'>;

type Listener = (report: CheckReport) => void;

class Subscription implements Disposable {
  readonly on: Listener;
  readonly isDown: (() => boolean) | undefined;
  readonly #planned: PlannedCheck;

  constructor(
    on: Listener,
    isDown: (() => boolean) | undefined,
    planned: PlannedCheck,
  ) {
    this.on = on;
    this.isDown = isDown;
    this.#planned = planned;
  }

  [Symbol.dispose](): void {
    this.#planned.unsubscribe(this);
  }
}

/** One plan at work: its timer, its subscribers, its last report. Starts at once and goes on
 *  until {@link PlannedCheck.stop}; one check at a time. */
export class PlannedCheck implements Startable {
  /** What the runner knows it by. */
  readonly key: string;
  readonly #plan: CheckPlan;
  readonly #checking: Checking;
  /** Part of the interval by which each of the next checks comes early. */
  readonly #early: number;
  /** How many of them do. */
  #parting = 2;
  #subscriptions: readonly Subscription[] = [];
  #stopped = false;
  #due = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  /** Of the check that runs. */
  #abort: AbortController | undefined;
  #last: { readonly report: CheckReport; readonly at: number } | undefined;
  /** Combined form: connects still to make before the next negotiate. */
  #connectsLeft = 0;

  /** @param phase  0 to below 1: where in the interval its checks fall in the end, so that plans
   *                which begin together part ways */
  constructor(key: string, plan: CheckPlan, checking: Checking, phase: number) {
    this.key = key;
    this.#plan = plan;
    this.#checking = checking;
    // In two steps: after the first check, none is ever due in less than half the interval.
    this.#early = phase / 2;
    checking.pacer.add(this);
  }

  /** A report younger than the interval is given to a late comer too, soon.
   *  @param isDown  as of {@link CheckRunner.subscribe} */
  subscribe(on: Listener, isDown?: () => boolean): Disposable {
    const subscription = new Subscription(on, isDown, this);
    this.#subscriptions = [...this.#subscriptions, subscription];
    const last = this.#last;
    if (last && performance.now() - last.at < this.#plan.intervalMs)
      setImmediate(() => {
        // A newer one may have come in the meantime.
        if (this.#last === last) this.#tell(subscription, last.report);
      });
    return subscription;
  }

  unsubscribe(subscription: Subscription): void {
    if (!this.#subscriptions.includes(subscription)) return;
    this.#subscriptions = this.#subscriptions.filter((one) => one !== subscription);
    if (this.#subscriptions.length === 0) this.#checking.unwanted(this);
  }

  /** Aborts it; resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#checking.pacer.drop(this);
    this.#abort?.abort(new Error('the check is no longer wanted'));
    await this.#running;
  }

  /** For the pacer to call. */
  start(): void {
    this.#running = this.#round();
  }

  async #round(): Promise<void> {
    const began = performance.now();
    this.#checking.started?.(began - this.#due);
    const result = await this.#look();
    if (this.#stopped) return;
    if (result) this.#publish(result, began);
    // A subscriber may have ended it from within its report.
    if (!this.#stopped) this.#schedule();
  }

  #schedule(): void {
    const now = performance.now();
    // From start to start; one that took longer has lost its turn and follows at once.
    const pace = this.#parting-- > 0 ? 1 - this.#early : this.#jittered();
    this.#due = Math.max(this.#due + this.#interval() * pace, now);
    const { pacer } = this.#checking;
    this.#timer = setTimeout(() => pacer.add(this), timerMs(this.#due - now));
  }

  /** The shortest that anybody wants of it. */
  #interval(): number {
    const { intervalMs, downIntervalMs } = this.#plan;
    if (downIntervalMs === undefined) return intervalMs;
    const wanted = this.#subscriptions.map(({ isDown }) =>
      isDown?.() ? downIntervalMs : intervalMs,
    );
    return Math.min(...wanted);
  }

  #jittered(): number {
    const { jitter = 0 } = this.#plan;
    return jitter === 0 ? 1 : 1 + jitter * (2 * this.#checking.random() - 1);
  }

  async #look(): Promise<Found | undefined> {
    if (await this.#checking.inMaintenance(this.#plan))
      return { up: false, message: 'Server in maintenance', maintenance: true };
    if (this.#stopped) return undefined;
    const word = this.#word();
    const began = performance.now();
    let result = await this.#check(word);
    // A server that waited for us in vain may have hung up.
    if (result?.up === false && !this.#stopped && this.#checking.stalledSince(began))
      result = await this.#check(word);
    this.#count(word, result);
    if (result) return { ...result, made: word, maintenance: false };
    // With checktype=off nothing else would tell that the maintenance is over.
    if (word !== 'off' || !this.#last?.report.maintenance) return undefined;
    return { up: false, message: 'not checked', maintenance: false };
  }

  async #check(word: CheckWord): Promise<CheckResult | undefined> {
    this.#abort = new AbortController();
    const result = await this.#checking.check(this.#plan, word, this.#abort);
    this.#abort = undefined;
    return result;
  }

  #word(): CheckWord {
    const { checktype } = this.#plan.target;
    if (typeof checktype !== 'number') return checktype;
    return this.#connectsLeft > 0 ? 'connect' : 'negotiate';
  }

  /** Combined: a good negotiate is followed by N connects; a failed connect by a negotiate. */
  #count(word: CheckWord, result: CheckResult | undefined): void {
    const { checktype } = this.#plan.target;
    if (typeof checktype !== 'number') return;
    if (!result?.up) this.#connectsLeft = 0;
    else if (word === 'negotiate') this.#connectsLeft = checktype;
    else this.#connectsLeft--;
  }

  #publish(result: Found, began: number): void {
    const at = performance.now();
    const report = { ...result, at: Date.now(), durationMs: Math.round(at - began) };
    this.#last = { report, at };
    for (const subscription of this.#subscriptions) this.#tell(subscription, report);
  }

  #tell(subscription: Subscription, report: CheckReport): void {
    // One of the others may have disposed of it just now.
    if (!this.#subscriptions.includes(subscription)) return;
    try {
      subscription.on(report);
    } catch (error) {
      this.#checking.failed(error);
    }
  }
}
