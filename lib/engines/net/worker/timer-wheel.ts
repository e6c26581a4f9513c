/** Something with a deadline that may move. The wheel owns the links. */
export interface Timed {
  /** When it is to be looked at next, on the wheel's clock; later values are free to set. */
  deadline: number;
  /** Called at or after the deadline, once; it may be added again. */
  expire(): void;
  previous: Timed | undefined;
  next: Timed | undefined;
  slot: number;
}

const TICK_MS = 100;
const SLOTS = 512;
const NOWHERE = -1;
/** After so long between two ticks it was this thread that did not run. */
const GAP_MS = 1000;

/** One timer for all connections of a worker. Moving a deadline costs an assignment: what is
 *  met before its time is put back in a later slot. Exact to one tick. Its clock stands while the thread
 *  cannot run, as in a process that was stopped: what a peer sent meanwhile is still to be read. */
export class TimerWheel {
  readonly #slots: (Timed | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #clock: () => number;
  #size = 0;
  #turned = 0;
  #timer: NodeJS.Timeout | undefined;
  #now = 0;
  /** Time that did not count. */
  #lost = 0;

  /** @param clock milliseconds, monotonic */
  constructor(clock: () => number) {
    this.#clock = clock;
    this.#refresh();
  }

  /** The clock as it was at the last tick: free to read. */
  get now(): number {
    return this.#now;
  }

  get size(): number {
    return this.#size;
  }

  add(entry: Timed, afterMs: number): void {
    if (this.#size++ === 0) this.#start();
    entry.deadline = this.#now + afterMs;
    this.#link(entry);
  }

  /** Brings a deadline forward or back; at once, unlike an assignment that only delays. */
  move(entry: Timed, afterMs: number): void {
    this.remove(entry);
    this.add(entry, afterMs);
  }

  /** Idempotent. */
  remove(entry: Timed): void {
    if (entry.slot === NOWHERE) return;
    this.#unlink(entry);
    if (--this.#size === 0) this.close();
  }

  /** The clock now, to the millisecond. */
  get time(): number {
    return this.#clock() - this.#lost;
  }

  /** For the timer. */
  tick(): void {
    const gap = this.time - this.#now;
    if (gap > GAP_MS) this.#lost += gap - TICK_MS;
    this.turn();
  }

  /** Expires what is due. */
  turn(): void {
    this.#refresh();
    const target = Math.floor(this.#now / TICK_MS);
    const first = Math.max(this.#turned + 1, target - SLOTS + 1);
    this.#turned = target;
    for (let tick = first; tick <= target; tick++) this.#visit(tick % SLOTS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #start(): void {
    this.#refresh();
    this.#turned = Math.floor(this.#now / TICK_MS);
    this.#timer ??= setInterval(() => this.tick(), TICK_MS);
  }

  #refresh(): void {
    this.#now = this.time;
  }

  /** The whole slot is taken off first, since what expires may add to it. */
  #visit(slot: number): void {
    let entry = this.#slots[slot];
    const due: Timed[] = [];
    for (; entry; entry = entry.next) {
      if (entry.deadline <= this.#now) due.push(entry);
      else if (this.#slotOf(entry.deadline) !== slot) due.push(entry);
    }
    for (const one of due) this.#settle(one);
  }

  #settle(entry: Timed): void {
    if (entry.slot === NOWHERE) return;
    if (entry.deadline > this.#now) {
      this.#unlink(entry);
      this.#link(entry);
      return;
    }
    this.remove(entry);
    entry.expire();
  }

  /** The slot that is visited next after the deadline. */
  #slotOf(deadline: number): number {
    const tick = Math.max(Math.ceil(deadline / TICK_MS), this.#turned + 1);
    return tick % SLOTS;
  }

  #link(entry: Timed): void {
    const slot = this.#slotOf(entry.deadline);
    const head = this.#slots[slot];
    entry.slot = slot;
    entry.previous = undefined;
    entry.next = head;
    if (head) head.previous = entry;
    this.#slots[slot] = entry;
  }

  #unlink(entry: Timed): void {
    if (entry.previous) entry.previous.next = entry.next;
    else this.#slots[entry.slot] = entry.next;
    if (entry.next) entry.next.previous = entry.previous;
    entry.previous = undefined;
    entry.next = undefined;
    entry.slot = NOWHERE;
  }
}
