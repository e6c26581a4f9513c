import type { KeptOverride, RealRef } from '../model/override.ts';
import type {
  KeptWish,
  LeftWishes,
  PeerWish,
  StampedWish,
} from '../model/peer-wish.ts';

/** Some MB, and more than anybody changes by hand. */
const MOST = 10_000;

/** Of who it was. */
const MOST_BY = 200;

/** 2026, milliseconds since 1970: for a clock that is not set yet. */
const BEGAN = 1_767_225_600_000;

/** No count of changes by hand is above: as if there had been one each millisecond since 1970. The same for one that
 *  has lost its state, and it grows faster than counts do: after one that was as high as can be, what comes next is
 *  below it again. */
function highest(): number {
  return Math.max(BEGAN, Date.now());
}

/** Whether a director can have come to such a count. */
export function isFair({ count }: Pick<StampedWish, 'count'>): boolean {
  return count <= highest();
}

/** As {@link KeptWish}, with the deadline of its drain by the wall clock of this host. */
interface Known extends KeptWish {
  readonly drainAt?: string | undefined;
}

/** In force for a real server by hand; empty: nothing is. */
export function wordsOf(wish: Pick<PeerWish, 'state' | 'weight'> | null): string {
  return wish === null || (wish.state === 'ready' && wish.weight === null)
    ? ''
    : `${wish.state} ${wish.weight ?? 'as configured'}`;
}

const keyOf = ({ service, real }: RealRef) => `${service} ${real}`;

/** Whether the first was made later, as all directors see it. */
function isLater(one: StampedWish, other: StampedWish): boolean {
  return one.count === other.count
    ? one.origin > other.origin
    : one.count > other.count;
}

/** What operators have changed at any of the directors, with removals, and in which order: by a count that each
 *  change makes higher than all that were heard of, since clocks of hosts differ. */
export class Wishes {
  readonly #origin: string;
  readonly #most: number;
  readonly #known = new Map<string, Known>();
  /** Changes of others that are on their way into force: what is seen of them meanwhile is none of an operator's. */
  readonly #underWay = new Set<string>();
  #count = 0;
  /** Whether what is in force was looked at already. */
  #hasSeen = false;

  /** Counts that nobody can have come to are made such as follow on the others, in their order. */
  constructor({ origin, wishes }: LeftWishes, most = MOST) {
    this.#origin = origin;
    this.#most = most;
    const some = wishes.slice(0, most);
    for (const wish of some.filter(isFair)) this.#know(wish);
    const unfair = some.filter((wish) => !isFair(wish));
    for (const wish of unfair.toSorted((one, other) => one.count - other.count))
      this.#know({ ...wish, count: this.#count + 1 });
  }

  /** What is in force here by hand, all of it. What an earlier run had in force and this one has not from its
   *  beginning was not taken back by anybody: it is due.
   *  @param isThere  whether this director has such a real server
   *  @returns what an operator has changed since the last time, for the others */
  seen(
    overrides: readonly KeptOverride[],
    isThere: (ref: RealRef) => boolean,
  ): readonly StampedWish[] {
    const now = new Map(
      overrides.map((one) => [keyOf({ ...one, real: one.real.id }), one]),
    );
    const changed: Known[] = [];
    for (const [key, one] of now) {
      const made = this.#underWay.has(key) ? undefined : this.#made(key, one);
      if (made) changed.push(made);
    }
    for (const [key, known] of this.#known)
      if (!now.has(key)) changed.push(...this.#missing(key, known, isThere));
    for (const one of changed) this.#know(one);
    this.#hasSeen = true;
    return changed.map(told);
  }

  /** What another director tells.
   *  @returns how many there was no room for, or were not {@link isFair} */
  take(wishes: readonly StampedWish[]): number {
    const fair = wishes.filter(isFair);
    let lost = wishes.length - fair.length;
    for (const one of fair) {
      const key = keyOf(one);
      const known = this.#known.get(key);
      if (known && !isLater(one, known)) continue;
      if (!known && !this.#makeRoom()) lost++;
      else this.#know({ ...one, here: known?.here ?? '', isDue: true });
    }
    return lost;
  }

  /** What others have told and is not in force here yet, of real servers that there are. */
  due(isThere: (ref: RealRef) => boolean): readonly StampedWish[] {
    return [...this.#known]
      .filter(([key, one]) => one.isDue && !this.#underWay.has(key) && isThere(one))
      .map(([, one]) => one);
  }

  /** It is being put in force: what {@link seen} has of it until then is not an operator's doing. */
  begin(ref: RealRef): void {
    this.#underWay.add(keyOf(ref));
  }

  /** It is in force, or could not be put.
   *  @param here  what is now, of {@link wordsOf}; undefined: as before */
  end(wish: StampedWish, here: string | undefined): void {
    const key = keyOf(wish);
    this.#underWay.delete(key);
    const known = this.#known.get(key);
    if (!known || here === undefined) return;
    // A later one may have come meanwhile.
    const isDue = known.isDue && isLater(known, wish);
    this.#known.set(key, { ...known, here, isDue });
  }

  /** All that is known, for one who may know nothing. */
  all(): readonly StampedWish[] {
    return [...this.#known.values()].map(told);
  }

  /** What the next run goes on with. */
  left(): LeftWishes {
    const wishes = [...this.#known.values()].map(({ drainAt: _, ...wish }) => wish);
    return { origin: this.#origin, wishes };
  }

  /** @returns undefined: nobody has changed anything of it */
  #made(key: string, { service, real, override, drain }: KeptOverride) {
    const known = this.#known.get(key);
    const { state, weight, by } = override;
    const here = wordsOf(override);
    // The deadline of a drain that came from another director is its to tell.
    const isOwn = known?.origin === this.#origin;
    const drains = drain !== undefined && isOwn && drain.at !== known.drainAt;
    if (known?.here === here && !drains) return undefined;
    if (!known && !this.#makeRoom()) return undefined;
    const wish = { state, weight, by: by.slice(0, MOST_BY) };
    return this.#stamp({ service, real: real.id }, wish, here, drain?.at);
  }

  /** Nothing is in force: whoever has the real server in the file knows what holds for it. */
  #missing(key: string, known: Known, isThere: (ref: RealRef) => boolean) {
    if (known.here === '' || this.#underWay.has(key)) return [];
    if (!isThere(known)) this.#known.delete(key);
    else if (this.#hasSeen) return [this.#stamp(known, null, '')];
    else this.#known.set(key, { ...known, here: '', isDue: true });
    return [];
  }

  #stamp(ref: RealRef, wish: PeerWish | null, here: string, drainAt?: string): Known {
    const { service, real } = ref;
    const stamp = { count: ++this.#count, origin: this.#origin };
    return { ...{ service, real, ...stamp, wish, here }, isDue: false, drainAt };
  }

  #know(one: Known): void {
    this.#count = Math.max(this.#count, one.count);
    this.#known.set(keyOf(one), one);
  }

  /** The oldest removal goes first: everybody has heard of it. */
  #makeRoom(): boolean {
    if (this.#known.size < this.#most) return true;
    let oldest: Known | undefined;
    for (const one of this.#known.values())
      if (one.wish === null && !one.isDue && !(oldest && isLater(one, oldest)))
        oldest = one;
    if (oldest) this.#known.delete(keyOf(oldest));
    return oldest !== undefined;
  }
}

/** As it goes to others. */
function told({ service, real, count, origin, wish, drainAt }: Known): StampedWish {
  const leftMs = drainAt === undefined ? undefined : Date.parse(drainAt) - Date.now();
  const drains = wish && leftMs !== undefined;
  return {
    ...{ service, real, count, origin },
    wish: drains ? { ...wish, drainLeftMs: Math.max(0, leftMs) } : wish,
  };
}
