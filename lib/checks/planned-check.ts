import type { CheckPlan, CheckReport, CheckResult } from '../model/check.ts';
import type { CheckWord } from '../model/virtual-service.ts';
import type { Pacer } from './pacer.ts';
import { timerMs } from './timer-limit.ts';

/** What a planned check needs of the runner. */
export interface Checking {
  readonly pacer: Pacer;
  inMaintenance(plan: CheckPlan): Promise<boolean>;
  /** One check of that kind; undefined when there is nothing to report. Never rejects. */
  check(
    plan: CheckPlan,
    word: CheckWord,
    stop: AbortSignal,
  ): Promise<CheckResult | undefined>;
  readonly started: ((lateMs: number) => void) | undefined;
  /** A subscriber threw. */
  failed(error: unknown): void;
}

/** A report before its time is known. */
type Found = Omit<CheckReport, 'at' | 'durationMs'>;

type Listener = (report: CheckReport) => void;

/** One plan at work: its timer, its subscribers, its last report. Starts at once and goes on
 *  until {@link PlannedCheck.stop}; one check at a time. */
export class PlannedCheck {
  readonly #plan: CheckPlan;
  readonly #checking: Checking;
  /** Part of the interval by which each of the next checks comes early. */
  readonly #early: number;
  /** How many of them do. */
  #parting = 2;
  readonly #listeners = new Set<{ readonly on: Listener }>();
  readonly #stop = new AbortController();
  #due = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #start: Disposable | undefined;
  #running: Promise<void> | undefined;
  #last: { readonly report: CheckReport; readonly at: number } | undefined;
  /** Combined form: connects still to make before the next negotiate. */
  #connectsLeft = 0;

  /** @param phase  0 to below 1: where in the interval its checks fall in the end, so that plans
   *                which begin together part ways */
  constructor(plan: CheckPlan, checking: Checking, phase: number) {
    this.#plan = plan;
    this.#checking = checking;
    // In two steps: after the first check, none is ever due in less than half the interval.
    this.#early = phase / 2;
    this.#begin();
  }

  get wanted(): boolean {
    return this.#listeners.size > 0;
  }

  /** A report younger than the interval is given to a late comer too, soon. */
  subscribe(on: Listener): Disposable {
    const entry = { on };
    this.#listeners.add(entry);
    const last = this.#last;
    if (last && performance.now() - last.at < this.#plan.intervalMs)
      setImmediate(() => {
        // A newer one may have come in the meantime.
        if (this.#last === last) this.#tell(entry, last.report);
      });
    return { [Symbol.dispose]: () => void this.#listeners.delete(entry) };
  }

  /** Aborts it; resolves when what runs has ended. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#start?.[Symbol.dispose]();
    this.#stop.abort(new Error('the check is no longer wanted'));
    await this.#running;
  }

  #begin(): void {
    this.#start = this.#checking.pacer.start(() => {
      this.#running = this.#round();
    });
  }

  async #round(): Promise<void> {
    const began = performance.now();
    this.#checking.started?.(began - this.#due);
    const result = await this.#look();
    if (this.#stop.signal.aborted) return;
    if (result) this.#publish(result, began);
    this.#schedule();
  }

  #schedule(): void {
    // A subscriber may have ended it from within its report.
    if (this.#stop.signal.aborted) return;
    const { intervalMs } = this.#plan;
    const now = performance.now();
    // From start to start; one that took longer has lost its turn and follows at once.
    const early = this.#parting-- > 0 ? this.#early : 0;
    this.#due = Math.max(this.#due + intervalMs * (1 - early), now);
    this.#timer = setTimeout(() => this.#begin(), timerMs(this.#due - now));
  }

  async #look(): Promise<Found | undefined> {
    if (await this.#checking.inMaintenance(this.#plan))
      return { up: false, message: 'Server in maintenance', maintenance: true };
    const word = this.#word();
    const result = await this.#checking.check(this.#plan, word, this.#stop.signal);
    this.#count(word, result);
    if (result) return { ...result, made: word, maintenance: false };
    // With checktype=off nothing else would tell that the maintenance is over.
    if (!this.#last?.report.maintenance) return undefined;
    return { up: false, message: 'not checked', maintenance: false };
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
    for (const entry of [...this.#listeners]) this.#tell(entry, report);
  }

  #tell(entry: { readonly on: Listener }, report: CheckReport): void {
    // One of the others may have disposed of it just now.
    if (!this.#listeners.has(entry)) return;
    try {
      entry.on(report);
    } catch (error) {
      this.#checking.failed(error);
    }
  }
}
