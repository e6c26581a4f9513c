import type { FromWorker } from '../protocol.ts';

/** So many go in one message, which takes half a millisecond to make. */
const A_MESSAGE = 500;
/** However little was found, a message after that time says that there is more to come. */
const SIGN_MS = 500;

interface Parties {
  /** Listed at most. */
  readonly most: number;
  /** Milliseconds, monotonic. */
  now(): number;
  tell(message: FromWorker): void;
}

/** The answer to one question, sent in parts as it is found. */
export class Reply {
  readonly #sequence: number;
  readonly #parties: Parties;
  #items: unknown[] = [];
  #listed = 0;
  #count = 0;
  #sentAt: number;

  constructor(sequence: number, parties: Parties) {
    this.#sequence = sequence;
    this.#parties = parties;
    this.#sentAt = parties.now();
  }

  /** One more.
   *  @param item  what is listed of it, as long as anything is */
  add(item?: () => unknown): void {
    this.#count++;
    if (item && this.#listed < this.#parties.most) this.#list(item());
    const isFull = this.#items.length >= A_MESSAGE;
    if (isFull || this.#parties.now() - this.#sentAt > SIGN_MS) this.#send(false);
  }

  end(): void {
    this.#send(true);
  }

  #list(item: unknown): void {
    if (item === undefined) return;
    this.#listed++;
    this.#items.push(item);
  }

  #send(last: boolean): void {
    const [items, count] = [this.#items, this.#count];
    this.#items = [];
    this.#count = 0;
    this.#sentAt = this.#parties.now();
    this.#parties.tell({
      type: 'answer',
      sequence: this.#sequence,
      items,
      count,
      last,
    });
  }
}
