/** How a message of a peer is to be taken. */
export type Verdict = 'new' | 'duplicate';

interface Gap {
  askAt: number;
}

/** Beyond so many lost in a row nobody is asked any more. */
const MOST_MISSING = 250;
/** Between two requests for the same message. */
const ASK_AGAIN_MS = 250;
/** Before the first one, for a message often comes right behind the next. */
const ASK_FIRST_MS = 50;
/** So many are asked for at once: the others are in a moment. */
const MOST_AT_ONCE = 50;
/** Which messages are acknowledged: those with this last digit, another one for each peer. */
const ACK_EVERY = 10;

export interface ReceiptOptions {
  /** `max_rexmit_delay`, milliseconds: how long the first request waits at most. */
  readonly maxDelayMs: number;
  /** From 0 to below 1. */
  random(): number;
}

/** Which messages of one run of a peer have come: nothing twice, and what is lost is asked for again.
 *  Nothing waits for what is missing. Source: observed on Heartbeat 3.0.6. */
export class Receipt {
  readonly #options: ReceiptOptions;
  readonly #missing = new Map<number, Gap>();
  readonly #digit: number;
  #last: number | undefined;
  #acknowledged = 0;

  constructor(options: ReceiptOptions) {
    this.#options = options;
    this.#digit = Math.floor(options.random() * ACK_EVERY);
  }

  /** How many are missing. */
  get missing(): number {
    return this.#missing.size;
  }

  /** @param now  milliseconds, monotonic, as everywhere here */
  take(seq: number, now: number): Verdict {
    const last = this.#last;
    if (last !== undefined && seq <= last)
      return this.#missing.delete(seq) ? 'new' : 'duplicate';
    this.#last = seq;
    if (last !== undefined) this.#miss(last + 1, seq, now);
    return 'new';
  }

  /** Up to which message everything is here, where the peer is to hear that now that this one was taken; undefined:
   *  it is not. Heartbeat says nothing while something is missing; where a third is lost that is nearly always, and
   *  after 250 messages without a word a Heartbeat lets its own clients wait. */
  acknowledgement(seq: number): number | undefined {
    if (seq !== this.#last || seq % ACK_EVERY !== this.#digit) return undefined;
    const [gap = seq + 1] = this.#missing.keys(); // the lowest
    if (gap - 1 <= this.#acknowledged) return undefined;
    this.#acknowledged = gap - 1;
    return this.#acknowledged;
  }

  /** The numbers that are to be asked for now. */
  due(now: number): number[] {
    const due: number[] = [];
    for (const [seq, gap] of this.#missing) {
      if (gap.askAt > now) continue;
      const isTooMany = due.length === MOST_AT_ONCE;
      gap.askAt = now + (isTooMany ? ASK_FIRST_MS : ASK_AGAIN_MS);
      if (!isTooMany) due.push(seq);
    }
    return due;
  }

  /** When the next one is due; Infinity: none is missing. */
  get nextAt(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { askAt } of this.#missing.values()) next = Math.min(next, askAt);
    return next;
  }

  /** The peer does not have it any more. */
  giveUp(seq: number): void {
    this.#missing.delete(seq);
  }

  /** The peer does not answer any more. */
  forget(): void {
    this.#missing.clear();
  }

  #miss(from: number, to: number, now: number): void {
    if (to - from + this.#missing.size > MOST_MISSING) {
      this.#missing.clear();
      return;
    }
    const { maxDelayMs, random } = this.#options;
    const range = Math.max(0, maxDelayMs - ASK_FIRST_MS);
    for (let seq = from; seq < to; seq++)
      this.#missing.set(seq, { askAt: now + ASK_FIRST_MS + random() * range });
  }
}
