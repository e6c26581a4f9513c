import { type Action, Plan } from './action.ts';
import { Contest } from './contest.ts';
import { Estate } from './estate.ts';
import { Exchange } from './exchange.ts';
import { Failback } from './failback.ts';
import { Failures } from './failures.ts';
import { flip, type Hold, has, minus, plus } from './hold.ts';
import type { Claim, Heard, OtherNode, Owner, OwnerOptions } from './owner.ts';
import { Settling } from './settling.ts';
import { acquireOwn, adopt, takeOver } from './taking.ts';

/** Who has what, as Heartbeat does it with `auto_failback on` and `off`: nodes tell each other what they have.
 *  Source: observed on Heartbeat 3.0.6. */
export class Ownership implements Owner {
  readonly #options: OwnerOptions;
  readonly #plan = new Plan();
  readonly #estate: Estate;
  readonly #exchange: Exchange;
  readonly #contest: Contest;
  readonly #failback: Failback;
  readonly #failures: Failures;
  readonly #settling: Settling;

  constructor(options: OwnerOptions) {
    this.#options = options;
    this.#estate = new Estate(this.#plan, options.deadtimeMs);
    this.#exchange = new Exchange(this.#estate, {
      ...options,
      took: (now) => this.#failback.took(now),
      gave: (now) => this.#failback.paid(now),
      kept: (now) => this.#failback.plan(now),
    });
    this.#settling = new Settling(this.#estate);
    this.#contest = new Contest(this.#estate, options);
    this.#failback = new Failback(this.#estate, {
      isAutomatic: options.autoFailback,
      give: (now) => this.#exchange.offer('foreign', now),
    });
    this.#failures = new Failures(this.#estate, (hold, now) =>
      this.#exchange.offer(hold, now),
    );
  }

  get mine(): Hold {
    return this.#estate.mine;
  }

  get word(): Hold | 'transition' {
    return this.isStable ? this.mine : 'transition';
  }

  get isStable(): boolean {
    return this.#estate.isStable;
  }

  get otherIsOurs(): boolean {
    return this.#estate.otherIsOurs;
  }

  get isDouble(): boolean {
    return this.isStable && this.#estate.twice !== 'none';
  }

  get claim(): Omit<Claim, 'isWell'> | undefined {
    return this.#estate.claim;
  }

  get nextAt(): number {
    return Math.min(
      this.#settling.nextAt,
      this.#estate.move.endAt,
      this.#failback.nextAt,
      this.#failures.nextAt,
    );
  }

  begin({ isThere }: OtherNode, now: number): readonly Action[] {
    this.#estate.otherIsThere = isThere;
    this.#estate.phase = 'starting';
    this.#plan.send('starting');
    if (!isThere) this.#takeOver(now);
    return this.#plan.take();
  }

  hear(heard: Heard, now: number): readonly Action[] {
    const known: Readonly<Record<string, (heard: Heard, now: number) => void>> = {
      starting: (_, at) => this.#otherStarts(at),
      resource: (word, at) => this.#otherHas(word, at),
      ask_resources: (word, at) => this.#exchange.hear(word, at),
      hb_takeover: ({ hold = 'all' }, at) => this.#exchange.offer(flip(hold), at),
      shutdone: (_, at) => this.#otherLeft(at),
    };
    if (this.#estate.phase !== 'init' && Object.hasOwn(known, heard.type))
      known[heard.type]?.(heard, now);
    return this.#plan.take();
  }

  recognize(isOurs: boolean): void {
    this.#estate.otherIsOurs = isOurs;
  }

  claimed(claim: Claim, now: number): readonly Action[] {
    const estate = this.#estate;
    if (!estate.isIn) return [];
    estate.otherIsThere = true;
    if (!claim.isWell && has(estate.mine, 'foreign')) this.#failback.isOwed = true;
    estate.hearHealth(claim.isWell, now);
    if (this.#contest.heard(claim, now)) {
      if (estate.move.step === 'yielding') estate.tell(false, 'partition');
    } else {
      this.#exchange.claimed(claim, now);
      if (estate.move.step === 'none') this.#catchUp(claim, now);
    }
    return this.#plan.take();
  }

  died(now: number): readonly Action[] {
    const { isIn, mine, others, move } = this.#estate;
    this.#estate.otherIsThere = false;
    this.#estate.otherWellAt = Number.NEGATIVE_INFINITY;
    if (!isIn) return [];
    this.#failback.isOwed = true;
    move.end();
    if (mine === 'all' && others === 'none') this.#estate.otherIsStable = true;
    else this.#takeOver(now);
    return this.#plan.take();
  }

  restarted(now: number): readonly Action[] {
    const { isIn, otherIsThere, otherIsOurs, move } = this.#estate;
    if (!isIn || !otherIsThere) return [];
    if (otherIsOurs) return this.died(now);
    this.#estate.others = 'none';
    this.#estate.otherIsStable = false;
    move.end();
    return this.#plan.take();
  }

  relyOnOther(isThere: boolean, now: number): readonly Action[] {
    this.#estate.otherIsThere = isThere;
    this.#failback.plan(now);
    return this.#plan.take();
  }

  standby(hold: Hold, now: number): readonly Action[] {
    this.#exchange.offer(hold, now);
    return this.#plan.take();
  }

  acquired(hold: Hold, failed: Hold, now: number): readonly Action[] {
    const estate = this.#estate;
    estate.mine = minus(estate.mine, failed);
    if (!estate.isIn) return [];
    this.#failures.add(failed, now);
    if (!this.#exchange.acquired(hold, failed, now))
      estate.tell(estate.isSettled, 'req_our_resources()');
    return this.#plan.take();
  }

  released(_hold: Hold, now: number): readonly Action[] {
    if (this.#estate.phase === 'shutdown') {
      this.#plan.send('shutdone', ['st', 'dead']);
      this.#plan.act({ type: 'gone' });
    } else if (this.#contest.released()) {
      this.#failback.paid(now);
      this.#estate.tell(this.#estate.phase === 'stable');
    } else this.#exchange.released(now);
    return this.#plan.take();
  }

  shutDown(_now: number): readonly Action[] {
    this.#estate.end();
    this.#settling.end();
    this.#failback.cancel();
    this.#failures.forget();
    this.#estate.tell(false, 'shutdown');
    this.#plan.act({ type: 'release', hold: 'all' });
    return this.#plan.take();
  }

  look(now: number): readonly Action[] {
    if (this.#settling.isOver(now)) this.#stabilize(now);
    this.#exchange.look(now);
    this.#failback.look(now);
    this.#failures.look(now);
    return this.#plan.take();
  }

  #otherStarts(now: number): void {
    const estate = this.#estate;
    estate.otherIsThere = true;
    estate.otherIsStable = false;
    if (estate.phase === 'starting') estate.phase = 'both-starting';
    estate.tell(estate.phase === 'stable');
    this.#settling.receive(now);
  }

  #otherHas(heard: Heard, now: number): void {
    const estate = this.#estate;
    const { hold, isFull, isStable } = heard;
    if (hold !== undefined)
      estate.others = isFull || hold === 'none' ? hold : plus(estate.others, hold);
    this.#settling.receive(now);
    this.#exchange.reconsider(heard, now);
    if (isStable !== undefined) this.#otherSettled(isStable, now);
    if (estate.isIn && estate.phase !== 'stable' && estate.otherIsStable)
      this.#stabilize(now);
    else if (!this.#failures.isLocal) adopt(this.#estate);
  }

  #otherSettled(isStable: boolean, now: number): void {
    const estate = this.#estate;
    const before = estate.otherIsStable;
    estate.otherIsStable = isStable;
    if (!isStable || before) return;
    this.#plan.log('info', 'remote resource transition completed.');
    estate.tell(estate.phase === 'stable');
    this.#failback.plan(now);
  }

  #stabilize(now: number): void {
    this.#plan.log('info', 'local resource transition completed.');
    acquireOwn(this.#estate);
    this.#estate.phase = 'stable';
    this.#settling.end();
    this.#estate.tell(true);
    this.#failback.plan(now);
  }

  /** A status of a node of this program repeats what it has told: that may have been lost. */
  #catchUp({ hold, isStable }: Claim, now: number): void {
    const word = { type: 'resource', info: undefined, group: undefined, isOk: false };
    this.#otherHas({ ...word, hold, isFull: true, isStable }, now);
    this.#failback.plan(now);
  }

  #takeOver(now: number): void {
    takeOver(this.#estate, this.#options.other);
    this.#settling.receive(now);
  }

  #otherLeft(now: number): void {
    this.#plan.log('info', `Received shutdown notice from '${this.#options.other}'.`);
    this.#estate.others = 'none';
    this.#estate.otherIsThere = false;
    this.#failback.isOwed = true;
    this.#estate.move.end();
    if (this.#estate.isIn) this.#takeOver(now);
  }
}
