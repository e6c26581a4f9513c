import type { ColumnName } from '../../../model/scheduler.ts';
import { type Cell, columnOf } from './memory.ts';

/** Words of a real server's record, behind the numbers of {@link COLUMN_AT}. The main thread writes
 *  weight, lastWeight, lower and upper; eligible, overloaded and load change under the service's
 *  lock. */
export const SERVER = {
  weight: 16,
  lastWeight: 17,
  /** The weight, or 0 while overloaded. */
  eligible: 18,
  overloaded: 19,
  lower: 20,
  upper: 21,
  active: 22,
  inactive: 23,
  /** 256 x active + inactive. */
  load: 24,
} as const;

/** What a scheduler that looks at thousands reads: one number a server, reckoned anew under the
 *  lock at each change. The numbers stand before the words of {@link SERVER}. */
export const COLUMN_AT = {
  weight: 0,
  active: 1,
  eligibleWeight: 2,
  roomyWeight: 3,
  eligibleLoad: 4,
  weightedLoad: 5,
  delay: 6,
  idleDelay: 7,
} as const satisfies Record<ColumnName, number>;

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
  /** The same bytes as 64-bit floats. */
  readonly numbers: Float64Array;
  readonly at: number;
  readonly #column: number;
  readonly #first: number;

  constructor(cell: Cell, worker: number) {
    this.words = cell.words;
    this.at = cell.at;
    this.numbers = cell.numbers;
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

  /** It has reached its upper threshold, and not come below the lower one since. */
  get full(): boolean {
    return this.#get(SERVER.overloaded) === 1;
  }

  /** The number that a scheduler finds in the column. */
  column(name: ColumnName): number {
    return this.numbers[this.at / 2 + COLUMN_AT[name]] ?? 0;
  }

  /** One more connection; at the upper threshold the server becomes overloaded.
   *  Source: net/netfilter/ipvs, ip_vs_bind_dest. */
  open(): void {
    this.#count('active', 1);
    const upper = this.#get(SERVER.upper);
    if (upper > 0 && this.connections >= upper) this.#overload(1);
    this.#weigh();
  }

  /** An active connection becomes inactive: one of its directions has ended. */
  halfClose(): void {
    this.#count('active', -1);
    this.#count('inactive', 1);
    this.#weigh();
  }

  /** A connection has ended. */
  release(halfClosed: boolean): void {
    this.#count(halfClosed ? 'inactive' : 'active', -1);
    this.#relieve();
    this.#weigh();
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
    this.#weigh();
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

  /** Main thread: takes what a dead worker had open out of the sums. They are added up anew, since
   *  it may have died halfway through a count. Its totals stay.
   *  @param columns those of all workers */
  bury(columns: readonly ServerRecord[]): void {
    for (const word of Object.values(COLUMN)) this.words[this.#column + word] = 0;
    const sum = (what: keyof typeof COLUMN) =>
      columns.reduce((total, column) => total + column.#own(what), 0);
    const [active, inactive] = [sum('active'), sum('inactive')];
    this.#put(SERVER.active, active);
    this.#put(SERVER.inactive, inactive);
    this.#put(SERVER.load, active * LOAD.active + inactive * LOAD.inactive);
    this.#overload(this.#get(SERVER.overloaded));
    this.#relieve();
    this.#weigh();
  }

  /** Main thread: what the workers share back to 0, before a new life. */
  wipe(): void {
    for (const word of Object.values(SERVER)) this.#put(word, 0);
    this.#weigh();
  }

  /** The same for this worker's column. */
  wipeColumn(): void {
    for (const word of Object.values(COLUMN)) this.words[this.#column + word] = 0;
    for (const number of Object.values(NUMBER)) this.numbers[this.#first + number] = 0;
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

  #weigh(): void {
    const { active } = this;
    const eligible = this.#get(SERVER.eligible);
    const load = eligible > 0 ? this.#get(SERVER.load) : Infinity;
    const queue = eligible > 0 ? active + 1 : Infinity;
    const first = this.at / 2;
    this.numbers[first + COLUMN_AT.weight] = this.weight;
    this.numbers[first + COLUMN_AT.active] = active;
    this.numbers[first + COLUMN_AT.eligibleWeight] = eligible;
    this.numbers[first + COLUMN_AT.roomyWeight] = active <= eligible ? eligible : 0;
    this.numbers[first + COLUMN_AT.eligibleLoad] = load;
    this.numbers[first + COLUMN_AT.weightedLoad] = load / eligible;
    this.numbers[first + COLUMN_AT.delay] = queue / eligible;
    const idle = eligible > 0 && active === 0;
    this.numbers[first + COLUMN_AT.idleDelay] = idle ? 0 : queue / eligible;
  }

  #count(what: keyof typeof COLUMN, step: number): void {
    Atomics.add(this.words, this.at + SERVER[what], step);
    Atomics.add(this.words, this.at + SERVER.load, step * LOAD[what]);
    const index = this.#column + COLUMN[what];
    this.words[index] = (this.words[index] ?? 0) + step;
  }

  #own(what: keyof typeof COLUMN): number {
    return this.words[this.#column + COLUMN[what]] ?? 0;
  }

  #get(word: number): number {
    return this.words[this.at + word] ?? 0;
  }

  #put(word: number, value: number): void {
    this.words[this.at + word] = value;
  }

  #add(number: number, step: number): void {
    const index = this.#first + number;
    this.numbers[index] = (this.numbers[index] ?? 0) + step;
  }

  #read(number: number): number {
    return this.numbers[this.#first + number] ?? 0;
  }
}
