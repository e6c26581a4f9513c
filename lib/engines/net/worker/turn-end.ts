/** Something with work for the end of this turn. */
export interface Due {
  /** Called once for each time it was added. */
  turnEnded(): void;
}

/** What a turn of the event loop causes to be sent, sent together when all that was ready has been
 *  read. Each packet may wake the peer, which costs more than the packet (observed: an eighth of
 *  a connection's CPU); one that the packet before has woken is still awake. */
export class TurnEnd {
  #due: Due[] = [];
  #spare: Due[] = [];
  readonly #run = () => this.run();

  /** In the order of their coming. */
  add(due: Due): void {
    if (this.#due.push(due) === 1) setImmediate(this.#run);
  }

  /** At once, before something else is to happen. */
  run(): void {
    const now = this.#due;
    this.#due = this.#spare;
    for (const due of now) due.turnEnded();
    now.length = 0;
    this.#spare = now;
  }
}
