import type { Plan } from './action.ts';
import { type Hold, plus } from './hold.ts';

/** What is asked of scripts, which do it one after the other. Each request has a number, by which its end is
 *  told: one that has been overtaken must not be taken for another one's. */
export class Scripts {
  readonly #plan: Plan;
  readonly #due = new Map<number, Hold>();
  #last = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Groups with which something is still to be done. */
  get due(): Hold {
    return [...this.#due.values()].reduce(plus, 'none');
  }

  acquire(hold: Hold): number {
    return this.#ask('acquire', hold);
  }

  release(hold: Hold): number {
    return this.#ask('release', hold);
  }

  /** @returns  the groups of that request */
  end(request: number): Hold {
    const hold = this.#due.get(request) ?? 'none';
    this.#due.delete(request);
    return hold;
  }

  #ask(type: 'acquire' | 'release', hold: Hold): number {
    const request = ++this.#last;
    this.#due.set(request, hold);
    this.#plan.act({ type, hold, request });
    return request;
  }
}
