/** By then a Heartbeat has begun anew that does so by itself: it needs two seconds, and looks at what it has
 *  heard, and at its own timers, 600 ms late. */
const RESTART_MS = 3500;
/** So long it has for an answer, before which some scripts of its own run. */
const ANSWER_MS = 5000;
/** It takes no notice while something else moves there. */
const AGAIN_MS = 1000;
const NEVER = Number.POSITIVE_INFINITY;

/** What is to be done now: `ask` the other node for what both have; `reunite` with it, for it has given that;
 *  `leave` it to the other node and begin anew. */
type Step = 'ask' | 'reunite' | 'leave';

/** What becomes of that which a Heartbeat and this node both have. After a partition a Heartbeat that has noticed
 *  gives everything up and begins anew. One that was frozen, and reads what came meanwhile before it looks at its
 *  clock, does not notice: it goes on with what it has, or takes everything, and announces nothing that it had. So
 *  this node asks either for what runs here, keeps that, and gives nothing back before it is known which of them
 *  it is. If there is no answer this node begins anew, as one that has nothing. Source: observed on Heartbeat
 *  3.0.6. */
export class Rejoining {
  readonly #canAsk: boolean;
  readonly #patienceMs: number;
  #askAt = NEVER;
  #endAt = NEVER;
  #isAnswered = false;

  /** @param canAsk  not with `auto_failback legacy`, which knows no such question */
  constructor(canAsk: boolean) {
    this.#canAsk = canAsk;
    this.#patienceMs = canAsk ? ANSWER_MS : RESTART_MS;
  }

  get nextAt(): number {
    return Math.min(this.#askAt, this.#endAt);
  }

  /** Both have something, or may have. */
  begin(now: number): void {
    if (this.#endAt !== NEVER && !this.#isAnswered) return;
    this.#isAnswered = false;
    this.#askAt = this.#canAsk ? now : NEVER;
    this.#endAt = now + this.#patienceMs;
  }

  /** The other node gives what it has, or has nothing. */
  answered(): void {
    this.#isAnswered = true;
    this.#askAt = NEVER;
  }

  /** The other node goes, or begins: things take their usual course. */
  cancel(): void {
    this.#askAt = NEVER;
    this.#endAt = NEVER;
  }

  look(now: number): Step | undefined {
    if (this.#endAt <= now) {
      this.cancel();
      return this.#isAnswered ? 'reunite' : 'leave';
    }
    if (this.#askAt > now) return undefined;
    this.#askAt = now + AGAIN_MS;
    return 'ask';
  }
}
