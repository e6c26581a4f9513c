import { Accord } from './accord.ts';
import { type Action, Plan } from './action.ts';
import { Contest } from './contest.ts';
import { Estate } from './estate.ts';
import { Exchange } from './exchange.ts';
import { Failback } from './failback.ts';
import { Failures } from './failures.ts';
import { Farewell } from './farewell.ts';
import { flip, type Hold, has, minus } from './hold.ts';
import type { Claim, Heard, OtherNode, Owner, OwnerOptions } from './owner.ts';
import { Stuck } from './stuck.ts';
import { takeOver } from './taking.ts';

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
  readonly #accord: Accord;
  readonly #stuck: Stuck;
  readonly #farewell: Farewell;

  constructor(options: OwnerOptions) {
    this.#options = options;
    this.#estate = new Estate(this.#plan, options.deadtimeMs);
    this.#exchange = new Exchange(this.#estate, {
      ...options,
      took: (now) => this.#failback.took(now),
      gave: (now) => this.#failback.paid(now),
      kept: (now) => this.#failback.plan(now),
    });
    this.#stuck = new Stuck(this.#estate);
    this.#farewell = new Farewell(this.#estate, options.other);
    this.#contest = new Contest(this.#estate, options);
    this.#failback = new Failback(this.#estate, {
      isAutomatic: options.autoFailback,
      give: (now) => this.#exchange.offer('foreign', now),
    });
    this.#failures = new Failures(this.#estate, (hold, now) =>
      this.#exchange.offer(hold, now),
    );
    this.#accord = new Accord(this.#estate, {
      exchange: this.#exchange,
      failback: this.#failback,
      failures: this.#failures,
    });
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
      this.#accord.nextAt,
      this.#estate.move.endAt,
      this.#failback.nextAt,
      this.#failures.nextAt,
      this.#stuck.nextAt,
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
      starting: (_, at) => this.#accord.otherStarts(at),
      resource: (word, at) => this.#accord.otherHas(word, at),
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
      if (estate.move.step === 'yielding') estate.tell('partition');
    } else {
      this.#exchange.claimed(claim, now);
      if (estate.move.step === 'none') this.#accord.catchUp(claim, now);
    }
    return this.#plan.take();
  }

  died(now: number): readonly Action[] {
    const { isIn, mine, others, move, stuck } = this.#estate;
    this.#estate.otherIsThere = false;
    this.#estate.otherLeaves = false;
    this.#estate.otherWellAt = Number.NEGATIVE_INFINITY;
    if (!isIn) return [];
    this.#failback.isOwed = true;
    move.end();
    if (mine === 'all' && others === 'none' && stuck === 'none')
      this.#estate.otherIsStable = true;
    else this.#takeOver(now);
    return this.#plan.take();
  }

  restarted(now: number): readonly Action[] {
    const { isIn, otherIsThere, otherIsOurs } = this.#estate;
    if (!isIn || !otherIsThere) return [];
    if (otherIsOurs) return this.died(now);
    this.#estate.others = 'none';
    this.#estate.otherLeaves = false;
    this.#estate.otherIsStable = false;
    this.#estate.endMove();
    return this.#plan.take();
  }

  healed(): readonly Action[] {
    this.#contest.healed();
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

  acquired(request: number, failed: Hold, now: number): readonly Action[] {
    const estate = this.#estate;
    estate.scripts.end(request);
    if (!estate.isIn) return [];
    const missing = minus(failed, estate.scripts.due);
    estate.mine = minus(estate.mine, missing);
    this.#failures.add(missing, now);
    if (!this.#exchange.acquired(request, missing, now))
      estate.tell('req_our_resources()');
    return this.#plan.take();
  }

  released(request: number, failed: Hold, now: number): readonly Action[] {
    const estate = this.#estate;
    const hold = estate.scripts.end(request);
    if (!estate.isIn) this.#farewell.released(request, failed);
    else {
      const { stays, freed } = this.#stuck.ended(hold, failed, now);
      if (this.#contest.released(request)) {
        this.#failback.paid(now);
        estate.tell();
      } else if (!this.#exchange.released(request, stays, now) && freed !== 'none')
        this.#accord.freed();
    }
    return this.#plan.take();
  }

  shutDown(_now: number): readonly Action[] {
    this.#farewell.begin();
    this.#accord.end();
    this.#failback.cancel();
    this.#failures.forget();
    this.#stuck.forget();
    this.#estate.tell('shutdown');
    return this.#plan.take();
  }

  look(now: number): readonly Action[] {
    this.#accord.look(now);
    this.#exchange.look(now);
    this.#failback.look(now);
    this.#failures.look(now);
    this.#stuck.look(now);
    return this.#plan.take();
  }

  #takeOver(now: number): void {
    this.#failback.isOwed = true;
    takeOver(this.#estate, this.#options.other);
    this.#accord.receive(now);
  }

  #otherLeft(now: number): void {
    this.#plan.log('info', `Received shutdown notice from '${this.#options.other}'.`);
    this.#estate.others = 'none';
    this.#estate.otherIsThere = false;
    this.#estate.otherLeaves = false;
    this.#estate.move.end();
    if (this.#estate.isIn) this.#takeOver(now);
  }
}
