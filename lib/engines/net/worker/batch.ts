/** So much is enough to go out: a wake-up shared by that many is cheap. */
const ENOUGH = 64;
/** However little comes, it waits no longer than this; turns are short but where bulk is read. */
const MOST_TURNS = 16;
const LONGEST_MS = 1;

/** Something that goes out to a peer, or lets something go. */
export interface Outgoing {
  /** Called once for each time it was added. */
  goOut(): void;
}

/** What is to be sent, gathered from what the event loop reads, and sent together. Each packet may
 *  wake the peer, which costs more than the packet; one that the packet before has woken is still
 *  awake. What comes alone goes out when its turn of the event loop ends. Where more comes, the
 *  batch waits for as long as each turn brings more, up to {@link ENOUGH},
 *  {@link MOST_TURNS} and {@link LONGEST_MS}. */
export class Batch {
  /** Counts the turns of the event loop that anything was added in. */
  turn = 0;
  #out: Outgoing[] = [];
  #spare: Outgoing[] = [];
  #turns = 0;
  #before = 1;
  #waiting = false;
  #until = 0;
  readonly #clock: () => number;
  readonly #turnEnded = () => {
    this.turn++;
    const size = this.#out.length;
    this.#waiting =
      size !== this.#before &&
      size < ENOUGH &&
      ++this.#turns < MOST_TURNS &&
      this.#clock() < this.#until;
    this.#before = size;
    if (this.#waiting) setImmediate(this.#turnEnded);
    else this.send();
  };

  /** @param clock milliseconds, monotonic */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** In the order of their coming. */
  add(outgoing: Outgoing): void {
    this.#out.push(outgoing);
    if (this.#waiting) return;
    this.#waiting = true;
    this.#until = this.#clock() + LONGEST_MS;
    setImmediate(this.#turnEnded);
  }

  /** At once, before something else is to happen. */
  send(): void {
    const now = this.#out;
    this.#out = this.#spare;
    this.#turns = 0;
    this.#before = 1;
    try {
      for (const outgoing of now) outgoing.goOut();
    } finally {
      now.length = 0;
      this.#spare = now;
    }
  }
}
