import { Receipt, type ReceiptOptions } from '../delivery/receipt.ts';

/** How a message of another node is to be taken: `old` is one of a run that is over, be it repeated by a
 *  stranger. */
export type Taken = 'new' | 'duplicate' | 'old';

/** Messages after which what was said before of resources does not hold any more. */
const MOVES: ReadonlySet<string> = new Set([
  'starting',
  'ask_resources',
  'hb_takeover',
  'shutdone',
]);

/** What is known of what one other node has sent. */
export class Correspondent {
  readonly name: string;
  readonly #options: ReceiptOptions;
  #generation = 0;
  #receipt: Receipt;
  #newest = { status: 0, state: 0, move: 0 };

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
      this.#newest = { status: 0, state: 0, move: 0 };
    }
    return this.#receipt.take(seq, now);
  }

  /** Nothing is asked for again: the node is gone. */
  forget(): void {
    this.#receipt.forget();
  }

  noteMove(type: string, seq: number): void {
    if (MOVES.has(type)) this.#newest.move = Math.max(this.#newest.move, seq);
  }

  /** Whether no status that is newer has come before it. */
  isNewestStatus(seq: number): boolean {
    const isNewest = seq >= this.#newest.status;
    this.#newest.status = Math.max(this.#newest.status, seq);
    return isNewest;
  }

  /** Whether what it says of resources still holds: one that was lost and comes after others says how things
   *  were. */
  isState(seq: number): boolean {
    if (seq < this.#newest.state || seq < this.#newest.move) return false;
    this.#newest.state = seq;
    return true;
  }
}
