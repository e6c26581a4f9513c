import type { Estate } from './estate.ts';
import type { Exchange } from './exchange.ts';
import type { Failback } from './failback.ts';
import type { Failures } from './failures.ts';
import { plus } from './hold.ts';
import type { Claim, Heard } from './owner.ts';
import { Settling } from './settling.ts';
import { acquireOwn, adopt } from './taking.ts';

export interface AccordParts {
  readonly exchange: Exchange;
  readonly failback: Failback;
  readonly failures: Failures;
}

/** How both nodes come to rest: each says what it has and whether it is stable, and takes its own if nobody has
 *  it. Source: observed on Heartbeat 3.0.6. */
export class Accord {
  readonly #estate: Estate;
  readonly #parts: AccordParts;
  readonly #settling: Settling;

  constructor(estate: Estate, parts: AccordParts) {
    this.#estate = estate;
    this.#parts = parts;
    this.#settling = new Settling(estate);
  }

  get nextAt(): number {
    return this.#settling.nextAt;
  }

  look(now: number): void {
    if (!this.#settling.isOver(now)) return;
    if (this.#estate.otherLeaves) this.#settling.goOn(now);
    else this.#stabilize(now);
  }

  end(): void {
    this.#settling.end();
  }

  /** See {@link Settling.receive}. */
  receive(now: number): void {
    this.#settling.receive(now);
  }

  /** The other node has begun. */
  otherStarts(now: number): void {
    const estate = this.#estate;
    estate.otherIsThere = true;
    estate.otherLeaves = false;
    estate.otherIsStable = false;
    if (estate.phase === 'starting') estate.phase = 'both-starting';
    estate.tell();
    this.#settling.receive(now);
  }

  otherHas(heard: Heard, now: number): void {
    const estate = this.#estate;
    const { hold, isFull, isStable, info } = heard;
    if (info === 'shutdown') estate.otherLeaves = true;
    if (hold !== undefined)
      estate.others = isFull || hold === 'none' ? hold : plus(estate.others, hold);
    this.#settling.receive(now);
    this.#parts.exchange.reconsider(info, now);
    if (isStable !== undefined) this.#otherSettled(isStable, now);
    if (estate.isIn && estate.phase !== 'stable' && estate.otherIsStable)
      this.#stabilize(now);
    else this.#adopt();
  }

  /** A status of a node of this program repeats what it has told: that may have been lost. */
  catchUp({ hold, isStable }: Claim, now: number): void {
    const word = { type: 'resource', info: undefined, group: undefined, isOk: false };
    this.otherHas({ ...word, hold, isFull: true, isStable }, now);
    this.#parts.failback.plan(now);
  }

  /** What did not stop has stopped at last, and nobody has it. */
  freed(): void {
    this.#estate.tell();
    this.#adopt();
  }

  #adopt(): void {
    if (!this.#parts.failures.isLocal) adopt(this.#estate);
  }

  #otherSettled(isStable: boolean, now: number): void {
    const estate = this.#estate;
    const before = estate.otherIsStable;
    estate.otherIsStable = isStable;
    if (!isStable || before) return;
    estate.plan.log('info', 'remote resource transition completed.');
    estate.tell();
    this.#parts.failback.plan(now);
  }

  #stabilize(now: number): void {
    const estate = this.#estate;
    estate.plan.log('info', 'local resource transition completed.');
    acquireOwn(estate);
    estate.phase = 'stable';
    this.#settling.end();
    estate.tell();
    this.#parts.failback.plan(now);
  }
}
