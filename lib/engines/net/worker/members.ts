/** Something that is in at most one {@link Members} at a time. */
export interface Member {
  /** Where it stands; the list's to set. -1: nowhere. */
  place: number;
}

/** An unordered set that comes and goes cheaply. A Set would do but for its garbage: every table
 *  that it outgrows points to the next one, so that one old table keeps all later ones, and with
 *  them all connections since, from the young generation's collector. */
export class Members<T extends Member> implements Iterable<T> {
  readonly #all: T[] = [];

  add(member: T): void {
    member.place = this.#all.length;
    this.#all.push(member);
  }

  /** It must be in this list. */
  delete(member: T): void {
    const last = this.#all.pop();
    if (last && last !== member) {
      this.#all[member.place] = last;
      last.place = member.place;
    }
    member.place = -1;
  }

  get size(): number {
    return this.#all.length;
  }

  at(place: number): T | undefined {
    return this.#all[place];
  }

  /** Of what is there now; members may leave meanwhile. */
  [Symbol.iterator](): Iterator<T> {
    return [...this.#all].values();
  }
}
