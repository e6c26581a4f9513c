import type { Estate } from './estate.ts';
import { common, flip, type Hold, minus, plus } from './hold.ts';
import type { Claim, Heard } from './owner.ts';

/** What becomes of a move. */
interface Outcome {
  /** This node has what the other one gave. */
  took(now: number): void;
  /** The other node has what this one gave. */
  gave(now: number): void;
  /** Nothing has moved. */
  kept(now: number): void;
}

export interface ExchangeOptions extends Outcome {
  readonly self: string;
  readonly other: string;
}

/** What a node of this program says with what it has, when nobody has answered its offer in time. */
const WITHDRAWN = 'withdrawn';
/** What a node says with what it has when it begins to stop what it gives. */
const GIVING = 'standby';

/** Standby in three steps, of which each node says its own: an offer and its answer, stopped and started.
 *  Source: observed on Heartbeat 3.0.6. */
export class Exchange {
  readonly #estate: Estate;
  readonly #options: ExchangeOptions;

  constructor(estate: Estate, options: ExchangeOptions) {
    this.#estate = estate;
    this.#options = options;
  }

  offer(hold: Hold, now: number): void {
    const { isStable, otherIsThere, plan, move } = this.#estate;
    const { self, other } = this.#options;
    if (!isStable || !otherIsThere) {
      plan.log(
        'warn',
        `standby [${hold}] ignored: something else is under way, or ${other} is not there`,
      );
      return;
    }
    plan.log('info', `${self} wants to go standby [${hold}]`);
    move.begin('offered', hold, now);
    this.#estate.otherIsStable = false;
    this.#ask('me');
  }

  hear({ hold, info }: Heard, now: number): void {
    const { move } = this.#estate;
    if (info === 'me' && hold !== undefined) this.#offered(hold, now);
    else if (info === 'other') this.#accepted(now);
    else if (info === 'done' && move.step === 'given') this.#gave(now);
    else if (info === 'done' && (move.step === 'taking' || move.resume(now)))
      this.#start(hold, now);
  }

  /** Scripts have ended that started groups.
   *  @returns  whether it was what the other node gave */
  acquired(request: number, failed: Hold, now: number): boolean {
    const { move } = this.#estate;
    if (move.step !== 'starting' || !move.awaits(request)) return false;
    this.#ask('done');
    this.#estate.mine = minus(plus(this.#estate.mine, flip(move.hold)), failed);
    move.end();
    this.#estate.tell();
    this.#options.took(now);
    return true;
  }

  /** Scripts have ended that stopped groups. The other node gets what has stopped; a Heartbeat waits until all
   *  of it has, for it does not know of parts.
   *  @param stays  what has not stopped
   *  @returns  whether it was what is given to the other node */
  released(request: number, stays: Hold, now: number): boolean {
    const { move, otherIsOurs } = this.#estate;
    if (move.step !== 'giving' || !move.awaits(request)) return false;
    const stopped = minus(move.hold, stays);
    if (stays !== 'none' && (stopped === 'none' || !otherIsOurs)) {
      this.#estate.tell(GIVING);
      return true;
    }
    move.proceed('given', now);
    move.narrow(stopped);
    this.#ask('done');
    return true;
  }

  /** The giver says with what it has that it begins to give, or that it has withdrawn its offer. */
  reconsider(info: string | undefined, now: number): void {
    const { move, plan } = this.#estate;
    if (info === GIVING && !move.resume(now)) move.confirm();
    if (info !== WITHDRAWN || move.step !== 'taking') return;
    plan.log('info', `standby: ${this.#options.other} has withdrawn its offer`);
    move.end();
    this.#estate.correct();
  }

  /** The other node moves nothing: what is waited for has been lost, or it went on without this node, which
   *  stood still meanwhile. */
  claimed({ hold, isMoving }: Claim, now: number): void {
    const { move, plan } = this.#estate;
    if (isMoving) move.confirm();
    if (isMoving || (move.step !== 'taking' && move.step !== 'given')) return;
    const given = flip(move.hold);
    if (move.step === 'given' && common(hold, given) === given) this.#gave(now);
    else {
      plan.log(
        'warn',
        `standby: ${this.#options.other} moves nothing any more: it is given up`,
      );
      move.end();
      this.#estate.tell();
      this.#options.kept(now);
    }
  }

  look(now: number): void {
    const { move, plan } = this.#estate;
    if (move.endAt > now) return;
    plan.log('warn', this.#tooLate());
    this.#estate.lapseMove();
    this.#estate.otherIsStable = true;
    if (this.#estate.otherIsOurs) this.#estate.tell(WITHDRAWN);
    else this.#estate.correct();
    this.#options.kept(now);
  }

  #tooLate(): string {
    const { step, isConfirmed } = this.#estate.move;
    if (step === 'offered')
      return 'No reply to standby request. Standby request cancelled.';
    return step === 'taking' && !isConfirmed
      ? `standby: ${this.#options.other} gives nothing: it is not waited for`
      : 'Standby took too long: it is given up.';
  }

  /** A Heartbeat says it to all also where it does not do it, since it gives something already. */
  #offered(hold: Hold, now: number): void {
    const { isStable, move, otherIsOurs, plan } = this.#estate;
    const isOfferedAgain = move.step === 'taking';
    const isInVain = isOfferedAgain && move.isConfirmed && !otherIsOurs;
    if (isInVain || !(isStable || isOfferedAgain)) {
      plan.log('info', 'standby message ignored: resources are in flux');
      return;
    }
    plan.log('info', `${this.#options.other} wants to go standby [${hold}]`);
    // Which of several it gives it says when it has stopped that.
    move.begin('taking', plus(move.open, hold), now);
    // In each status it says whether it moves anything.
    if (otherIsOurs) move.confirm();
    this.#estate.otherIsStable = false;
    this.#ask('other', hold);
  }

  /** An answer to an offer that is withdrawn gets the state of things instead. */
  #accepted(now: number): void {
    const { move, plan, isIn, scripts } = this.#estate;
    if (move.step === 'none' && isIn) this.#estate.tell(WITHDRAWN);
    if (move.step !== 'offered') return;
    plan.log(
      'info',
      `standby: ${this.#options.other} can take our ${move.hold} resources`,
    );
    this.#estate.mine = minus(this.#estate.mine, move.hold);
    move.proceed('giving', now, scripts.release(move.hold));
    this.#estate.tell(GIVING);
  }

  /** @param hold  of what was offered, what has stopped */
  #start(hold: Hold | undefined, now: number): void {
    const { move, plan, scripts } = this.#estate;
    if (hold !== undefined) move.narrow(common(move.hold, hold));
    plan.log(
      'info',
      `standby: acquire [${move.hold}] resources from ${this.#options.other}`,
    );
    move.proceed('starting', now, scripts.acquire(flip(move.hold)));
  }

  #gave(now: number): void {
    const { move, plan } = this.#estate;
    move.end();
    plan.log('info', `Standby resource acquisition done [${move.hold}].`);
    this.#estate.tell();
    this.#options.gave(now);
  }

  #ask(info: string, hold = this.#estate.move.hold): void {
    this.#estate.plan.send('ask_resources', ['rsc_hold', hold], ['info', info]);
  }
}
