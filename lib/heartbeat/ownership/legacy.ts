import { type Action, Plan } from './action.ts';
import { Contest } from './contest.ts';
import { Estate } from './estate.ts';
import { Failures } from './failures.ts';
import { Farewell } from './farewell.ts';
import { type Hold, has, minus, plus } from './hold.ts';
import type { Claim, Heard, OtherNode, Owner, OwnerOptions } from './owner.ts';
import { Stuck } from './stuck.ts';
import { takeOver } from './taking.ts';

export interface LegacyOptions extends OwnerOptions {
  /** The names of this node's own groups. */
  readonly ownGroups: readonly string[];
}

const NEVER = Number.POSITIVE_INFINITY;

/** Who has what with `auto_failback legacy`: a node asks for its own groups as soon as it is there, and the
 *  other one stops them. Nothing else moves while both live. Source: observed on Heartbeat 3.0.6; but that a
 *  request is repeated, and what becomes of a partition, is not Heartbeat's. */
export class LegacyOwnership implements Owner {
  readonly #options: LegacyOptions;
  readonly #plan = new Plan();
  readonly #estate: Estate;
  readonly #contest: Contest;
  readonly #failures: Failures;
  readonly #stuck: Stuck;
  readonly #farewell: Farewell;
  /** Own groups that the other node has been asked for, and has not let go. */
  readonly #asked = new Set<string>();
  /** Groups that the other node is to be told of when they are stopped here. */
  readonly #wanted = new Set<string>();
  #askAt = NEVER;

  constructor(options: LegacyOptions) {
    this.#options = options;
    this.#estate = new Estate(this.#plan, options.deadtimeMs);
    this.#contest = new Contest(this.#estate, options);
    this.#failures = new Failures(
      this.#estate,
      (_, now) => this.#ask(now),
      'asked for again',
    );
    this.#stuck = new Stuck(this.#estate);
    this.#farewell = new Farewell(this.#estate, options.other);
  }

  get mine(): Hold {
    return this.#estate.mine;
  }

  get word(): Hold | 'transition' {
    return this.isStable ? this.mine : 'transition';
  }

  get isStable(): boolean {
    return this.#estate.isStable && this.#asked.size === 0 && this.#wanted.size === 0;
  }

  get otherIsOurs(): boolean {
    return this.#estate.otherIsOurs;
  }

  /** Nodes do not say what they have. */
  get isDouble(): boolean {
    return false;
  }

  get claim(): Omit<Claim, 'isWell'> | undefined {
    const { isIn, mine } = this.#estate;
    return isIn ? { hold: mine, isStable: this.isStable, isMoving: false } : undefined;
  }

  get nextAt(): number {
    return Math.min(this.#askAt, this.#failures.nextAt, this.#stuck.nextAt);
  }

  begin({ isThere, isActive }: OtherNode, now: number): readonly Action[] {
    this.#estate.otherIsThere = isThere;
    this.#estate.otherIsStable = true;
    this.#estate.phase = 'stable';
    if (!isThere) takeOver(this.#estate, this.#options.other);
    else if (!isActive || this.#options.ownGroups.length === 0) this.#acquire('local');
    else this.#ask(now);
    return this.#plan.take();
  }

  hear({ type, group, isOk }: Heard, _now: number): readonly Action[] {
    if (!this.#estate.isIn) return [];
    if (type === 'ip-request' && group !== undefined) this.#requested(group);
    else if (type === 'ip-request-resp' && isOk) this.#letGo(group);
    else if (type === 'shutdone') this.#otherLeft();
    return this.#plan.take();
  }

  recognize(isOurs: boolean): void {
    this.#estate.otherIsOurs = isOurs;
  }

  claimed(claim: Claim, now: number): readonly Action[] {
    if (!this.#estate.isIn) return [];
    this.#otherIsBack();
    this.#contest.heard(claim, now);
    return this.#plan.take();
  }

  died(_now: number): readonly Action[] {
    this.#estate.otherIsThere = false;
    if (this.#estate.isIn) this.#takeAll();
    return this.#plan.take();
  }

  restarted(now: number): readonly Action[] {
    const { otherIsThere, otherIsOurs } = this.#estate;
    return otherIsThere && otherIsOurs ? this.died(now) : [];
  }

  healed(): readonly Action[] {
    this.#contest.healed();
    return this.#plan.take();
  }

  relyOnOther(isThere: boolean, _now: number): readonly Action[] {
    this.#estate.otherIsThere = isThere;
    return [];
  }

  standby(hold: Hold, _now: number): readonly Action[] {
    this.#plan.log(
      'warn',
      `standby [${hold}] ignored: it needs auto_failback on or off, and this is legacy`,
    );
    return this.#plan.take();
  }

  acquired(request: number, failed: Hold, now: number): readonly Action[] {
    const { isIn, mine, otherIsThere, scripts } = this.#estate;
    scripts.end(request);
    if (!isIn) return [];
    const missing = minus(failed, scripts.due);
    this.#estate.mine = minus(mine, missing);
    this.#failures.add(otherIsThere ? minus(missing, 'foreign') : missing, now);
    return this.#plan.take();
  }

  released(request: number, failed: Hold, now: number): readonly Action[] {
    const hold = this.#estate.scripts.end(request);
    if (!this.#estate.isIn) this.#farewell.released(request, failed);
    else {
      const { freed } = this.#stuck.ended(hold, failed, now);
      const isOver = this.#contest.released(request) || has(freed, 'local');
      if (isOver && !has(this.#estate.mine, 'local')) this.#ask(now);
      this.#answerAll();
    }
    return this.#plan.take();
  }

  shutDown(_now: number): readonly Action[] {
    this.#farewell.begin();
    this.#asked.clear();
    this.#askAt = NEVER;
    this.#failures.forget();
    this.#stuck.forget();
    return this.#plan.take();
  }

  look(now: number): readonly Action[] {
    if (this.#askAt <= now) this.#ask(now);
    this.#failures.look(now);
    this.#stuck.look(now);
    return this.#plan.take();
  }

  #ask(now: number): void {
    if (this.#asked.size === 0)
      for (const group of this.#options.ownGroups) this.#asked.add(group);
    this.#askAt = this.#asked.size === 0 ? NEVER : now + this.#estate.pace.retryMs;
    for (const group of this.#asked) this.#plan.send('ip-request', ['ipaddr', group]);
  }

  #requested(group: string): void {
    if (this.#options.ownGroups.includes(group)) return;
    this.#otherIsBack();
    const { mine, stuck, scripts } = this.#estate;
    if (!has(mine, 'foreign') && !has(scripts.due, 'foreign')) {
      this.#answer(group, false);
      return;
    }
    this.#wanted.add(group);
    if (!has(mine, 'foreign') || has(stuck, 'foreign')) return;
    this.#estate.mine = minus(mine, 'foreign');
    scripts.release('foreign');
  }

  /** It starts its own groups, also where they did not start here. */
  #otherIsBack(): void {
    this.#estate.otherIsThere = true;
    this.#failures.drop('foreign');
  }

  /** As soon as none of them runs here, and no script is going to start any. */
  #answerAll(): void {
    const { mine, scripts } = this.#estate;
    if (has(mine, 'foreign') || has(scripts.due, 'foreign')) return;
    for (const group of this.#wanted) this.#answer(group, true);
    this.#wanted.clear();
  }

  #answer(group: string, isOwn: boolean): void {
    this.#plan.send(
      'ip-request-resp',
      ['dest', this.#options.other],
      ['ipaddr', group],
      ['weown', isOwn ? 'yes' : 'no'],
      ['ok', 'OK'],
    );
  }

  #letGo(group: string | undefined): void {
    if (group === undefined || !this.#asked.delete(group)) return;
    if (this.#asked.size > 0) return;
    this.#askAt = NEVER;
    this.#acquire('local');
  }

  #otherLeft(): void {
    this.#plan.log('info', `Received shutdown notice from '${this.#options.other}'.`);
    this.#estate.otherIsThere = false;
    this.#takeAll();
  }

  #takeAll(): void {
    this.#estate.move.end();
    this.#asked.clear();
    this.#wanted.clear();
    this.#askAt = NEVER;
    const { mine, stuck } = this.#estate;
    if (mine !== 'all' || stuck !== 'none') takeOver(this.#estate, this.#options.other);
  }

  #acquire(hold: Hold): void {
    const missing = minus(hold, this.#estate.mine);
    this.#estate.mine = plus(this.#estate.mine, missing);
    if (missing !== 'none') this.#estate.scripts.acquire(missing);
  }
}
