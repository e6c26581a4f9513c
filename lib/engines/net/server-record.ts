import { type Cell, columnOf } from './memory.ts';

/** Words of a real server's record. The main thread writes weight, lastWeight, lower and upper;
 *  ELIGIBLE, OVERLOADED and LOAD change under the service's lock. */
export const SERVER = {
  weight: 0,
  lastWeight: 1,
  /** The weight, or 0 while overloaded: one read tells a scheduler whether it may pick. */
  eligible: 2,
  overloaded: 3,
  lower: 4,
  upper: 5,
  active: 6,
  inactive: 7,
  /** 256 x active + inactive, ready for a scheduler that looks at thousands. */
  load: 8,
} as const;

/** What a connection weighs in `load`. Source: net/netfilter/ipvs, ip_vs_dest_conn_overhead. */
const LOAD = { active: 256, inactive: 1 } as const;

/** Words, then numbers, of a worker's column. */
const COLUMN = { active: 0, inactive: 1 } as const;
const FIRST_NUMBER = 1;
const NUMBER = { total: 0, bytesIn: 1, bytesOut: 2, connectFailures: 3 } as const;

/** What the main thread sets. */
export interface ServerSettings {
  readonly weight: number;
  readonly lower: number;
  readonly upper: number;
}

/** A real server's record as one thread sees it. Whoever counts holds the service's lock. */
export class ServerRecord {
  readonly words: Int32Array;
  readonly at: number;
  readonly #numbers: Float64Array;
  readonly #column: number;
  readonly #first: number;

  constructor(cell: Cell, worker: number) {
    this.words = cell.words;
    this.at = cell.at;
    this.#numbers = cell.numbers;
    this.#column = columnOf(cell, worker);
    this.#first = this.#column / 2 + FIRST_NUMBER;
  }

  get weight(): number {
    return this.#get(SERVER.weight);
  }

  get active(): number {
    return this.#get(SERVER.active);
  }

  get inactive(): number {
    return this.#get(SERVER.inactive);
  }

  get connections(): number {
    return this.active + this.inactive;
  }

  /** One more connection; at the upper threshold the server becomes overloaded.
   *  Source: net/netfilter/ipvs, ip_vs_bind_dest. */
  open(): void {
    this.#count('active', 1);
    const upper = this.#get(SERVER.upper);
    if (upper > 0 && this.connections >= upper) this.#overload(1);
  }

  /** An active connection becomes inactive: one of its directions has ended. */
  halfClose(): void {
    this.#count('active', -1);
    this.#count('inactive', 1);
  }

  /** A connection has ended. */
  release(halfClosed: boolean): void {
    this.#count(halfClosed ? 'inactive' : 'active', -1);
    this.#relieve();
  }

  connected(): void {
    this.#add(NUMBER.total, 1);
  }

  failed(): void {
    this.#add(NUMBER.connectFailures, 1);
  }

  received(bytes: number): void {
    this.#add(NUMBER.bytesIn, bytes);
  }

  sent(bytes: number): void {
    this.#add(NUMBER.bytesOut, bytes);
  }

  /** Main thread. A raised or removed upper threshold ends the overload at once, as the
   *  kernel's __ip_vs_update_dest does. */
  set(settings: ServerSettings): void {
    const before = this.#get(SERVER.upper);
    this.#put(SERVER.weight, settings.weight);
    if (settings.weight > 0) this.#put(SERVER.lastWeight, settings.weight);
    this.#put(SERVER.lower, settings.lower);
    this.#put(SERVER.upper, settings.upper);
    const raised = settings.upper === 0 || settings.upper > before;
    this.#overload(raised ? 0 : this.#get(SERVER.overloaded));
  }

  /** Numbers of this worker's column. */
  get totals() {
    return {
      totalConnections: this.#read(NUMBER.total),
      bytesIn: this.#read(NUMBER.bytesIn),
      bytesOut: this.#read(NUMBER.bytesOut),
      connectFailures: this.#read(NUMBER.connectFailures),
    };
  }

  /** Main thread: takes what a dead worker had open out of the sums. Its totals stay. */
  bury(): void {
    const active = Atomics.exchange(this.words, this.#column + COLUMN.active, 0);
    const inactive = Atomics.exchange(this.words, this.#column + COLUMN.inactive, 0);
    Atomics.sub(this.words, this.at + SERVER.active, active);
    Atomics.sub(this.words, this.at + SERVER.inactive, inactive);
    const load = active * LOAD.active + inactive * LOAD.inactive;
    Atomics.sub(this.words, this.at + SERVER.load, load);
    this.#relieve();
  }

  /** Main thread: what the workers share back to 0, before a new life. */
  wipe(): void {
    for (const word of Object.values(SERVER)) this.#put(word, 0);
  }

  /** The same for this worker's column. */
  wipeColumn(): void {
    for (const word of Object.values(COLUMN)) this.words[this.#column + word] = 0;
    for (const number of Object.values(NUMBER)) this.#numbers[this.#first + number] = 0;
  }

  /** Ends an overload when the connections have fallen below the lower threshold, or below
   *  three quarters of the upper one where there is no lower. Source: ip_vs_unbind_dest. */
  #relieve(): void {
    if (this.#get(SERVER.overloaded) === 0) return;
    const lower = this.#get(SERVER.lower);
    const upper = this.#get(SERVER.upper);
    const below =
      lower > 0 ? this.connections < lower : this.connections * 4 < upper * 3;
    if (below || upper === 0) this.#overload(0);
  }

  #overload(flag: number): void {
    this.#put(SERVER.overloaded, flag);
    this.#put(SERVER.eligible, flag === 1 ? 0 : this.#get(SERVER.weight));
  }

  #count(what: keyof typeof COLUMN, step: number): void {
    Atomics.add(this.words, this.at + SERVER[what], step);
    Atomics.add(this.words, this.at + SERVER.load, step * LOAD[what]);
    const index = this.#column + COLUMN[what];
    this.words[index] = (this.words[index] ?? 0) + step;
  }

  #get(word: number): number {
    return this.words[this.at + word] ?? 0;
  }

  #put(word: number, value: number): void {
    this.words[this.at + word] = value;
  }

  #add(number: number, step: number): void {
    const index = this.#first + number;
    this.#numbers[index] = (this.#numbers[index] ?? 0) + step;
  }

  #read(number: number): number {
    return this.#numbers[this.#first + number] ?? 0;
  }
}
