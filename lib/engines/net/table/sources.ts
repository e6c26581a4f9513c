import { Lock } from './lock.ts';

/** How many connections a source may have, and how fast it may make them. */
export interface SourceLimits {
  /** At once; 0: any number. */
  readonly connections: number;
  /** New ones in a window; 0: any number. */
  readonly rate: number;
  readonly windowMs: number;
}

/** A source has its place in one set, which it shares with few. */
const SETS = 8192;
const WAYS = 8;
export const MOST_SOURCES = SETS * WAYS;

/** Words before the sets: the hash's seed, whether anybody was ever counted, the locks. */
const SEED = 0;
const USED = 1;
const LOCKS = 2;
const STRIPES = 64;
const HEAD_WORDS = LOCKS + STRIPES;

/** Words of an entry: whose source it is (a service's record + 1; 0: nobody's) and its address, then
 *  what is known of it. Each worker's own connections follow. */
const SERVICE = 0;
const ADDRESS = 1;
const ADDRESS_WORDS = 4;
/** Which source this is of those that the entry has had. */
const SERIAL = 5;
const OPEN = 6;
/** When it last came, in seconds. */
const SEEN = 7;
/** As a 64-bit number: when all of its connections so far would have come at the rate. */
const DUE = 8;
const COLUMN = 10;

/** A ticket is taken for another's when its entry had so many sources meanwhile. */
const SERIALS = 2 ** 24;
/** What sums of fractions of a millisecond may be off. */
const ROUNDING_MS = 1e-6;

const MAPPED = 0xffff;

/** Where the connections of one source are counted: exact over all workers, in memory that they share,
 *  of a fixed size. A new source in a full set takes the place of the one that has the fewest
 *  connections, of these the one that has not come for longest; it is then counted from 0. */
export class Sources {
  /** What {@link enter} says of a connection that is one too many. */
  static readonly REFUSED = -1;
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #stride: number;
  readonly #column: number;
  readonly #locks: readonly Lock[];
  /** The source that is looked for. */
  readonly #wanted = new Int32Array(ADDRESS + ADDRESS_WORDS);

  /** @param memory  of {@link sourceMemory}
   *  @param worker  this thread's; the main thread's: the number of workers */
  constructor(memory: SharedArrayBuffer, worker: number, workers: number) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
    this.#numbers = new Float64Array(memory);
    this.#stride = strideOf(workers);
    this.#column = COLUMN + worker;
    this.#locks = locksOf(this.#words, worker + 1);
  }

  /** One more connection of the source.
   *  @param service  number of the service's record
   *  @param address  4 or 16 bytes, not IPv4-mapped
   *  @param bits     of an IPv6 address, those that tell one source from another
   *  @param now      milliseconds, on a clock that all workers share
   *  @returns what {@link leave} wants, 0 or more */
  enter(
    service: number,
    address: Uint8Array,
    bits: number,
    limits: SourceLimits,
    now: number,
  ): number {
    this.#want(service, address, bits);
    const set = this.#hash() % SETS;
    const lock = this.#locks[set % STRIPES];
    lock?.take();
    try {
      return this.#count(this.#find(set), limits, now);
    } finally {
      lock?.give();
    }
  }

  /** The connection has ended. Its source may have lost its place meanwhile. */
  leave(ticket: number): void {
    const entry = ticket % MOST_SOURCES;
    const serial = Math.floor(ticket / MOST_SOURCES);
    const lock = this.#locks[Math.floor(entry / WAYS) % STRIPES];
    lock?.take();
    const at = this.#at(entry);
    if (this.#get(at + SERIAL) === serial) {
      this.#add(at + OPEN, -1);
      this.#add(at + this.#column, -1);
    }
    lock?.give();
  }

  /** Main thread: takes what a dead worker had open out of the counts, and opens its locks. */
  bury(worker: number): void {
    for (const lock of this.#locks) lock.free(worker + 1);
    if (this.#get(USED) === 0) return;
    for (let entry = 0; entry < MOST_SOURCES; entry++) {
      const at = this.#at(entry);
      if (this.#get(at + OPEN) === 0 && this.#get(at + COLUMN + worker) === 0) continue;
      const lock = this.#locks[Math.floor(entry / WAYS) % STRIPES];
      lock?.take();
      this.#words[at + COLUMN + worker] = 0;
      this.#words[at + OPEN] = this.#sum(at);
      lock?.give();
    }
  }

  /** Added up anew, since a worker may have died halfway through a count. */
  #sum(at: number): number {
    let sum = 0;
    for (let word = COLUMN; word < this.#stride; word++) sum += this.#get(at + word);
    return sum;
  }

  #count(entry: number, limits: SourceLimits, now: number): number {
    const at = this.#at(entry);
    this.#words[at + SEEN] = now / 1000;
    const open = this.#get(at + OPEN);
    if (limits.connections > 0 && open >= limits.connections) return Sources.REFUSED;
    if (limits.rate > 0 && !this.#isDue(at, limits, now)) return Sources.REFUSED;
    this.#add(at + OPEN, 1);
    this.#add(at + this.#column, 1);
    return this.#get(at + SERIAL) * MOST_SOURCES + entry;
  }

  /** A bucket that holds a window's worth and fills evenly, as one number. */
  #isDue(at: number, { rate, windowMs }: SourceLimits, now: number): boolean {
    const step = windowMs / rate;
    const index = (at + DUE) / 2;
    const due = Math.max(this.#numbers[index] ?? 0, now);
    if (due - now > windowMs - step + ROUNDING_MS) return false;
    this.#numbers[index] = due + step;
    return true;
  }

  /** The source's entry, or the one that it takes. */
  #find(set: number): number {
    const first = set * WAYS;
    let poorest = first;
    for (let entry = first; entry < first + WAYS; entry++) {
      if (this.#isWanted(this.#at(entry))) return entry;
      if (this.#isPoorer(entry, poorest)) poorest = entry;
    }
    this.#begin(this.#at(poorest));
    return poorest;
  }

  #isWanted(at: number): boolean {
    for (let word = 0; word < this.#wanted.length; word++)
      if (this.#words[at + word] !== this.#wanted[word]) return false;
    return true;
  }

  /** An entry that nobody has had yet was seen at 0. */
  #isPoorer(one: number, other: number): boolean {
    const [at, than] = [this.#at(one), this.#at(other)];
    const fewer = this.#get(at + OPEN) - this.#get(than + OPEN);
    return fewer < 0 || (fewer === 0 && this.#get(at + SEEN) < this.#get(than + SEEN));
  }

  #begin(at: number): void {
    const serial = (this.#get(at + SERIAL) + 1) % SERIALS;
    this.#words.fill(0, at, at + this.#stride);
    this.#words.set(this.#wanted, at + SERVICE);
    this.#words[at + SERIAL] = serial;
    this.#words[USED] = 1;
  }

  #want(service: number, address: Uint8Array, bits: number): void {
    const wanted = this.#wanted;
    wanted[SERVICE] = service + 1;
    const isInet = address.length === 4;
    for (let word = 0; word < ADDRESS_WORDS; word++)
      wanted[ADDRESS + word] = isInet ? 0 : wordOf(address, word * 4, bits - word * 32);
    if (!isInet) return;
    wanted[ADDRESS + 2] = MAPPED;
    wanted[ADDRESS + 3] = wordOf(address, 0, 32);
  }

  /** Source: MurmurHash3, its mixing; the seed keeps others from choosing who shares a set. */
  #hash(): number {
    let hash = this.#get(SEED);
    for (const word of this.#wanted) {
      const mixed = Math.imul(word, 0xcc9e2d51);
      hash ^= Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
      hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #at(entry: number): number {
    return HEAD_WORDS + entry * this.#stride;
  }

  #get(word: number): number {
    return this.#words[word] ?? 0;
  }

  #add(word: number, step: number): void {
    this.#words[word] = this.#get(word) + step;
  }
}

/** What the workers share. Pages that nobody writes to take no memory, so that it costs nothing as long as
 *  no service has such limits. */
export function sourceMemory(workers: number): SharedArrayBuffer {
  const words = HEAD_WORDS + MOST_SOURCES * strideOf(workers);
  const memory = new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT);
  new Int32Array(memory)[SEED] = Math.random() * 2 ** 32;
  return memory;
}

/** Even, for the 64-bit number. */
function strideOf(workers: number): number {
  return COLUMN + workers + (workers % 2);
}

function locksOf(words: Int32Array, owner: number): readonly Lock[] {
  return Array.from({ length: STRIPES }, (_, n) => new Lock(words, LOCKS + n, owner));
}

/** Four bytes in network order, but for what is behind so many bits. */
function wordOf(bytes: Uint8Array, at: number, bits: number): number {
  const high = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16);
  const word = high | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  if (bits >= 32) return word;
  return bits <= 0 ? 0 : word & (-1 << (32 - bits));
}
