import type { Message } from '../wire/message.ts';
import type { Plan } from './action.ts';
import { Handover } from './handover.ts';
import { common, flip, type Hold, plus } from './hold.ts';
import type { Claim } from './owner.ts';
import { type Pace, paceOf } from './pace.ts';
import { Scripts } from './scripts.ts';

type Phase = 'init' | 'starting' | 'both-starting' | 'received' | 'stable' | 'shutdown';

/** What both nodes have, as far as this one knows, and how it tells. Shared by those who move things. */
export class Estate {
  phase: Phase = 'init';
  mine: Hold = 'none';
  /** In the other node's words. */
  others: Hold = 'none';
  /** Of these the scripts have not stopped all: they stay this node's. */
  stuck: Hold = 'none';
  otherIsStable = false;
  otherIsThere = false;
  /** It gives everything up, and says so when that is done; until then it may have what it calls none. */
  otherLeaves = false;
  /** The other node is of this program too. */
  otherIsOurs = false;
  /** Since when its services work; undefined: they do not. */
  otherWellAt: number | undefined = Number.NEGATIVE_INFINITY;
  readonly move = new Handover();
  readonly plan: Plan;
  readonly scripts: Scripts;
  readonly #deadtimeMs: number;
  #hasToldStable = false;

  constructor(plan: Plan, deadtimeMs: number) {
    this.plan = plan;
    this.scripts = new Scripts(plan);
    this.#deadtimeMs = deadtimeMs;
  }

  get isStable(): boolean {
    return this.#isSettled && this.move.step === 'none' && this.otherIsStable;
  }

  /** It takes part. */
  get isIn(): boolean {
    return this.phase !== 'init' && this.phase !== 'shutdown';
  }

  get pace(): Pace {
    return paceOf(this.otherIsOurs, this.#deadtimeMs);
  }

  /** What this node repeats in each status: what it has now, and whether it is stable as it has told. */
  get claim(): Omit<Claim, 'isWell'> | undefined {
    const { isIn, mine, move } = this;
    const isMoving = move.step !== 'none';
    return isIn ? { hold: mine, isStable: this.#hasToldStable, isMoving } : undefined;
  }

  /** What this node has, and what its scripts start that the other one has given. */
  get mineSoon(): Hold {
    const { step, hold } = this.move;
    return step === 'starting' ? plus(this.mine, flip(hold)) : this.mine;
  }

  /** What both have, in this node's words. */
  get twice(): Hold {
    return common(this.mineSoon, flip(this.others));
  }

  hearHealth(isWell: boolean, now: number): void {
    if (!isWell) this.otherWellAt = undefined;
    else this.otherWellAt ??= now;
  }

  /** Its scripts stop nothing and start nothing that moves: what the other node reads as `isstable`, and may take
   *  for the end of a move. Heartbeat says so too once it has stopped what it gives. */
  get #isSettled(): boolean {
    const { step } = this.move;
    const isAtRest = step === 'none' || step === 'given';
    return this.phase === 'stable' && isAtRest && this.stuck === 'none';
  }

  /** Nothing moves any more: what scripts start here is this node's. */
  endMove(): void {
    this.mine = this.mineSoon;
    this.move.end();
  }

  /** As {@link endMove}; but what the other node may still give is taken then. */
  lapseMove(): void {
    this.mine = this.mineSoon;
    this.move.lapse();
  }

  /** Tells once more, if this node is stable and has told otherwise. */
  correct(): void {
    if (this.#isSettled && !this.#hasToldStable) this.tell();
  }

  /** Tells what this node has, and nothing else. */
  tell(info?: string): void {
    const isStable = this.#isSettled;
    this.#hasToldStable = isStable;
    const fields: Message = [
      ['rsc_hold', this.mine],
      ['rtype', 'full'],
      ['isstable', isStable ? '1' : '0'],
    ];
    const word = info ?? (this.phase === 'shutdown' ? 'shutdown' : undefined);
    const more: Message = word === undefined ? [] : [['info', word]];
    this.plan.send('resource', ...fields, ...more);
  }
}
