import { Receipt, type ReceiptOptions } from '../delivery/receipt.ts';

/** How a message of another node is to be taken: `old` is one of a run that is over, be it repeated by a
 *  stranger. */
export type Taken = 'new' | 'duplicate' | 'old';

/** What is known of what one other node has sent. */
export class Correspondent {
  readonly name: string;
  readonly #options: ReceiptOptions;
  #generation = 0;
  #receipt: Receipt;
  #newest = 0;

  constructor(name: string, options: ReceiptOptions) {
    this.name = name;
    this.#options = options;
    this.#receipt = new Receipt(options);
  }

  get receipt(): Receipt {
    return this.#receipt;
  }

  /** @param generation  a larger one is another run, whose numbers begin anew */
  take(generation: number, seq: number, now: number): Taken {
    if (generation < this.#generation) return 'old';
    if (generation > this.#generation) {
      this.#generation = generation;
      this.#receipt = new Receipt(this.#options);
      this.#newest = 0;
    }
    return this.#receipt.take(seq, now);
  }

  /** Whether a message that says how things are is newer than all of its kind so far: one that was lost and
   *  comes after another says how they were. */
  isNewest(seq: number): boolean {
    if (seq < this.#newest) return false;
    this.#newest = seq;
    return true;
  }
}
