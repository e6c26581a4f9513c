import type { AgentPlan, AgentReport } from '../../model/agent.ts';
import { deadline } from '../deadline.ts';
import { describe, oneLine } from '../message.ts';
import type { Pacer, Startable } from '../pacer.ts';
import { timerMs } from '../timer-limit.ts';
import { askAgent } from './ask.ts';
import { agentWords } from './words.ts';

/** Whoever is told of each report. */
export type Listener = (report: AgentReport) => void;

/** What a poll needs of the runner. */
export interface Polling {
  readonly pacer: Pacer;
  /** A listener threw. */
  failed(error: unknown): void;
}

/** One agent, asked again and again from its making to {@link Poll.stop}; one question at a time. */
export class Poll implements Startable {
  readonly #plan: AgentPlan;
  readonly #polling: Polling;
  /** How much earlier the second question comes. */
  #early: number;
  #due = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<Listener>();
  #last: AgentReport | undefined;

  /** @param phase  0 to below 1: where in the interval its questions fall, so that agents which are
   *                first asked together part ways */
  constructor(plan: AgentPlan, polling: Polling, phase: number) {
    this.#plan = plan;
    this.#polling = polling;
    this.#early = phase * plan.intervalMs;
    polling.pacer.add(this);
  }

  /** The last report is given to a late comer too, soon. */
  add(on: Listener): void {
    this.#listeners.add(on);
    const last = this.#last;
    if (last)
      setImmediate(() => {
        // A newer one may have come in the meantime.
        if (this.#last === last) this.#tell(on, last);
      });
  }

  /** @returns whether nobody listens any more */
  drop(on: Listener): boolean {
    this.#listeners.delete(on);
    return this.#listeners.size === 0;
  }

  /** Resolves when the question that is open has ended. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#polling.pacer.drop(this);
    this.#abort.abort(new Error('the agent is no longer asked'));
    await this.#running;
  }

  /** For the pacer to call. */
  start(): void {
    this.#running = this.#round();
  }

  async #round(): Promise<void> {
    const began = performance.now();
    const found = await this.#ask();
    if (this.#abort.signal.aborted) return;
    const durationMs = Math.round(performance.now() - began);
    const report: AgentReport = { at: Date.now(), durationMs, ...found };
    this.#last = report;
    for (const on of [...this.#listeners]) this.#tell(on, report);
    // A listener may have ended it from within its report.
    if (!this.#abort.signal.aborted) this.#schedule();
  }

  async #ask(): Promise<Omit<AgentReport, 'at' | 'durationMs'>> {
    const { timeoutMs } = this.#plan;
    const question = new AbortController();
    const end = () => question.abort(this.#abort.signal.reason);
    this.#abort.signal.addEventListener('abort', end, { once: true });
    using _deadline = deadline(timeoutMs, () =>
      question.abort(new Error(`no line within ${timeoutMs / 1000} s (checktimeout)`)),
    );
    try {
      const line = await askAgent(this.#plan, question.signal);
      return { line: oneLine(line), words: agentWords(line), problem: undefined };
    } catch (error) {
      return { line: undefined, words: {}, problem: oneLine(describe(error)) };
    } finally {
      this.#abort.signal.removeEventListener('abort', end);
    }
  }

  #schedule(): void {
    const now = performance.now();
    // From start to start; one that took longer has lost its turn and follows at once.
    this.#due = Math.max(this.#due + this.#plan.intervalMs - this.#early, now);
    this.#early = 0;
    const { pacer } = this.#polling;
    this.#timer = setTimeout(() => pacer.add(this), timerMs(this.#due - now));
  }

  #tell(on: Listener, report: AgentReport): void {
    // Another listener may have dropped it just now.
    if (!this.#listeners.has(on)) return;
    try {
      on(report);
    } catch (error) {
      this.#polling.failed(error);
    }
  }
}
