import type { Notice } from './notice.ts';

/** Most changes that are kept; of those beyond only the number is. */
const MOST = 1000;

/** The changes of one service that go into one mail, all of the same state of the director. */
export class Digest {
  readonly #notices: Notice[] = [];
  readonly #counts = new Map<string, number>();
  #size = 0;

  constructor(...notices: readonly Notice[]) {
    for (const notice of notices) this.add(notice);
  }

  add(notice: Notice): void {
    const [kind = ''] = notice.subject.split(' ', 1);
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    if (this.#size++ < MOST) this.#notices.push(notice);
  }

  /** The first of them, at most 1,000. */
  get notices(): readonly Notice[] {
    return this.#notices;
  }

  /** How many there were in all. */
  get size(): number {
    return this.#size;
  }

  /** How many of each kind, by the word that it begins with: `Quiescent`. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}
