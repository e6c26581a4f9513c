/** Something to be said, made when its turn comes. */
export interface Item {
  readonly text: () => string;
  /** Entries in it. */
  readonly entries: number;
}

/** So many are said before the first of them must have been heard. */
const WINDOW = 8;
/** Of what waits besides; more of it is told by telling all. */
const MOST_WAITING = 200;

/** What one director has to tell another, bounded: a few on their way, some that wait, and past that everything
 *  there is once more, when there is room again. No I/O. */
export class Outbox {
  readonly #say: (text: string) => void;
  #waiting: Item[] = [];
  /** Entries of what was said and not heard yet, in its order. */
  #onTheWay: number[] = [];
  #heard = 0;
  /** Whether everything is to be told, or is being gathered. */
  #all: 'told' | 'wanted' | 'gathered' = 'wanted';
  sent = 0;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** Entries that the other one may not know yet. */
  get behind(): number {
    const waiting = this.#waiting.reduce((sum, { entries }) => sum + entries, 0);
    return this.#onTheWay.reduce((sum, entries) => sum + entries, waiting);
  }

  /** Whether everything is to be gathered now. */
  get wantsAll(): boolean {
    return this.#all === 'wanted' && this.#waiting.length === 0;
  }

  get isIdle(): boolean {
    return this.#onTheWay.length === 0 && this.#waiting.length === 0;
  }

  wantAll(): void {
    this.#all = 'wanted';
  }

  /** Everything is being gathered: what comes meanwhile is newer. */
  gather(): void {
    this.#all = 'gathered';
  }

  /** Everything, in its order. */
  tellAll(items: readonly Item[]): void {
    if (this.#all === 'gathered') this.#all = 'told';
    this.#waiting = [...items, ...this.#waiting];
    this.#go();
  }

  /** What is new; before everything else, where it is urgent. */
  tell(items: readonly Item[], isUrgent = false): void {
    if (this.#all === 'wanted' && !isUrgent) return; // it is part of everything
    if (isUrgent) this.#waiting.unshift(...items);
    else if (this.#waiting.length + items.length > MOST_WAITING) {
      this.#waiting = [];
      this.#all = 'wanted';
    } else this.#waiting.push(...items);
    this.#go();
  }

  /** @param count  messages that the other one has heard in all */
  done(count: number): void {
    const fresh = Math.min(count - this.#heard, this.#onTheWay.length);
    if (fresh <= 0) return;
    this.#heard += fresh;
    this.#onTheWay = this.#onTheWay.slice(fresh);
    this.#go();
  }

  #go(): void {
    while (this.#onTheWay.length < WINDOW) {
      const item = this.#waiting.shift();
      if (!item) return;
      this.#onTheWay.push(item.entries);
      this.sent += item.entries;
      this.#say(item.text());
    }
  }
}
