import type { Estate } from './estate.ts';
import { type Hold, minus } from './hold.ts';
import type { Claim } from './owner.ts';

export interface ContestOptions {
  readonly self: string;
  readonly other: string;
}

/** What both nodes have after a partition: the one whose name is the lesser keeps it, and the other one gives
 *  it up at once. Only nodes of this program say in each status what they have. */
export class Contest {
  readonly #estate: Estate;
  readonly #options: ContestOptions;
  /** What the other node still has too, which is to give it up. */
  #isOn = false;
  /** It may have had it until now, and what it has said of that be lost. */
  #isDoubtful = false;

  constructor(estate: Estate, options: ContestOptions) {
    this.#estate = estate;
    this.#options = options;
  }

  /** After a partition: neighbours may know the other node's interface, and it may have given everything up before its
   *  word of it is here. */
  healed(): void {
    const { isIn, otherIsOurs, mine, plan } = this.#estate;
    if (!isIn || !otherIsOurs || !this.#keeps || mine === 'none') return;
    this.#isDoubtful = true;
    plan.act({ type: 'announce' });
  }

  /** @returns  whether both have something */
  heard({ hold }: Claim, now: number): boolean {
    const before = this.#estate.others;
    this.#estate.others = hold;
    const { twice, plan } = this.#estate;
    if (twice === 'none') {
      this.#estate.others = before;
      if (this.#isOn || this.#isDoubtful) plan.act({ type: 'announce' });
      this.#isOn = false;
      this.#isDoubtful = false;
      return false;
    }
    if (this.#keeps) this.#keep();
    else this.#yield(twice, now);
    return true;
  }

  /** Scripts have ended that stopped groups.
   *  @returns  whether it was what is given up here */
  released(request: number): boolean {
    const { move } = this.#estate;
    if (move.step !== 'yielding' || !move.awaits(request)) return false;
    move.end();
    return true;
  }

  get #keeps(): boolean {
    return this.#options.self < this.#options.other;
  }

  #yield(twice: Hold, now: number): void {
    const { move, plan, scripts } = this.#estate;
    const { other } = this.#options;
    plan.log('error', `${other} has our [${twice}] resources too, and keeps them`);
    this.#estate.mine = minus(this.#estate.mineSoon, twice);
    move.begin('yielding', twice, now, scripts.release(twice));
  }

  #keep(): void {
    const { twice, plan } = this.#estate;
    const { other } = this.#options;
    if (this.#isOn) return;
    this.#isOn = true;
    plan.log('error', `${other} has our [${twice}] resources too, and gives them up`);
    plan.act({ type: 'announce' });
  }
}
