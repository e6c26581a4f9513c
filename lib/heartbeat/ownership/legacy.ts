import { type Action, Plan } from './action.ts';
import { Contest } from './contest.ts';
import { Estate } from './estate.ts';
import { Failures } from './failures.ts';
import { type Hold, has, minus, plus } from './hold.ts';
import type { Claim, Heard, OtherNode, Owner, OwnerOptions } from './owner.ts';
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
  /** Own groups that the other node has been asked for, and has not let go. */
  readonly #asked = new Set<string>();
  /** Groups that the other node is to be told of when they are stopped here. */
  readonly #wanted = new Set<string>();
  #askAt = NEVER;

  constructor(options: LegacyOptions) {
    this.#options = options;
    this.#estate = new Estate(this.#plan, options.deadtimeMs);
    this.#contest = new Contest(this.#estate, options);
    this.#failures = new Failures(this.#estate, (hold) => this.#acquire(hold));
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
    return Math.min(this.#askAt, this.#failures.nextAt);
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
    this.#estate.otherIsThere = true;
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

  acquired(_hold: Hold, failed: Hold, now: number): readonly Action[] {
    this.#estate.mine = minus(this.#estate.mine, failed);
    if (this.#estate.isIn) this.#failures.add(failed, now);
    return this.#plan.take();
  }

  released(hold: Hold, now: number): readonly Action[] {
    if (this.#estate.phase === 'shutdown') {
      this.#plan.send('shutdone', ['st', 'dead']);
      this.#plan.act({ type: 'gone' });
    } else {
      if (this.#contest.released() && !has(this.#estate.mine, 'local')) this.#ask(now);
      if (has(hold, 'foreign')) this.#answerAll();
    }
    return this.#plan.take();
  }

  shutDown(_now: number): readonly Action[] {
    this.#estate.end();
    this.#asked.clear();
    this.#askAt = NEVER;
    this.#failures.forget();
    this.#plan.act({ type: 'release', hold: 'all' });
    return this.#plan.take();
  }

  look(now: number): readonly Action[] {
    if (this.#askAt <= now) this.#ask(now);
    this.#failures.look(now);
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
    const { mine } = this.#estate;
    if (this.#wanted.size === 0 && !has(mine, 'foreign')) {
      this.#answer(group, false);
      return;
    }
    this.#wanted.add(group);
    if (!has(mine, 'foreign')) return;
    this.#estate.mine = minus(mine, 'foreign');
    this.#plan.act({ type: 'release', hold: 'foreign' });
  }

  #answerAll(): void {
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
    this.#askAt = NEVER;
    if (this.#estate.mine !== 'all') takeOver(this.#estate, this.#options.other);
  }

  #acquire(hold: Hold): void {
    const missing = minus(hold, this.#estate.mine);
    this.#estate.mine = plus(this.#estate.mine, missing);
    if (missing !== 'none') this.#plan.act({ type: 'acquire', hold: missing });
  }
}
