import type { Hold } from './hold.ts';

/** How far groups are on their way from one node to the other. */
export type Step =
  | 'none'
  /** Offered to the other node, which has not answered. */
  | 'offered'
  /** This node stops them. */
  | 'giving'
  /** They are stopped here, and the other node starts them. */
  | 'given'
  /** The other node stops them. */
  | 'taking'
  /** This node starts them. */
  | 'starting'
  /** This node stops what the other one has too. */
  | 'yielding';

/** How long an answer to an offer is waited for. */
const ANSWER_MS = 10_000;
/** How long the scripts of both nodes may take in all. */
const MOVE_MS = 3_600_000;
/** A giver says at once that it stops what is taken; one that has offered does not wait for an answer any more. */
const LIMITS = {
  offered: ANSWER_MS,
  taking: 2 * ANSWER_MS,
  yielding: MOVE_MS,
} as const;
const NEVER = Number.POSITIVE_INFINITY;

/** One move of groups at a time, with its limits of time. Source: observed on Heartbeat 3.0.6. */
export class Handover {
  #step: Step = 'none';
  #hold: Hold = 'none';
  #endAt = NEVER;
  #beganAt = 0;
  #request: number | undefined;
  #isConfirmed = false;
  #open: Hold = 'none';

  get step(): Step {
    return this.#step;
  }

  /** What moves, or has moved last, as the giver calls it. */
  get hold(): Hold {
    return this.#hold;
  }

  /** When it takes too long; Infinity: nothing is under way. */
  get endAt(): number {
    return this.#endAt;
  }

  /** The giver has said that it stops what it gives. */
  get isConfirmed(): boolean {
    return this.#isConfirmed;
  }

  /** @param now  milliseconds, monotonic */
  begin(step: keyof typeof LIMITS, hold: Hold, now: number, request?: number): void {
    // One that gives does not hear an offer, and one that accepts it gives nothing.
    if (step !== 'offered') this.#open = 'none';
    this.#hold = hold;
    this.#beganAt = now;
    this.#go(step, now + LIMITS[step], request);
  }

  /** That may take as long as scripts take. */
  confirm(): void {
    if (this.#step !== 'taking') return;
    this.#isConfirmed = true;
    this.#endAt = this.#beganAt + MOVE_MS;
  }

  /** What was offered and is not begun to be given, be it waited for or not. */
  get open(): Hold {
    return this.#step === 'taking' && !this.#isConfirmed ? this.#hold : this.#open;
  }

  /** Nothing is waited for any longer; what is {@link open} is taken all the same when it is given. */
  lapse(): void {
    const { open } = this;
    this.end();
    this.#open = open;
  }

  /** It is given after all.
   *  @returns  whether there is anything to take */
  resume(now: number): boolean {
    const isFree = this.#step === 'none' || this.#step === 'offered';
    if (!isFree || this.#open === 'none') return false;
    this.begin('taking', this.#open, now);
    this.confirm();
    return true;
  }

  /** @param request  of scripts that are waited for */
  proceed(step: 'giving' | 'given' | 'starting', now: number, request?: number): void {
    this.#open = 'none';
    this.#go(step, now + MOVE_MS, request);
  }

  /** Not all that was offered moves. */
  narrow(hold: Hold): void {
    this.#hold = hold;
  }

  /** Whether it is this end of scripts that it waits for. */
  awaits(request: number): boolean {
    return this.#request === request;
  }

  end(): void {
    this.#open = 'none';
    this.#go('none', NEVER);
  }

  #go(step: Step, endAt: number, request?: number): void {
    this.#isConfirmed = false;
    this.#step = step;
    this.#request = request;
    this.#endAt = endAt;
  }
}
