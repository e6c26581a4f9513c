import { Receipt, type ReceiptOptions, type Verdict } from '../delivery/receipt.ts';

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
  /** It is of this program, as its status says. */
  isOurs = false;
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

  /** Of its last run that was heard; 0: there was none. What is of an earlier one may be repeated by a
   *  stranger. */
  get generation(): number {
    return this.#generation;
  }

  /** @param generation  not less than {@link generation}; a larger one is another run, whose numbers begin anew */
  take(generation: number, seq: number, now: number): Verdict {
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

  /** @param info  of a move its step: by an offer nothing has changed, but a node of this program says in its
   *               next status that it moves something */
  noteMove(type: string, info: string | undefined, seq: number): void {
    if (MOVES.has(type) && (info !== 'me' || this.isOurs))
      this.#newest.move = Math.max(this.#newest.move, seq);
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
