import type { Hold } from '../../../lib/heartbeat/ownership/hold.ts';

export type Name = 'lb1' | 'lb2';
export const NAMES: readonly Name[] = ['lb1', 'lb2'];

/** So long nobody, or both, had a group: milliseconds of the simulated clock. */
export interface Span {
  readonly owner: Name;
  readonly from: number;
  readonly to: number;
}

/** On which hosts the groups of each node run, and since when. */
export class Holders {
  readonly #running: Record<Name, Set<Name>> = { lb1: new Set(), lb2: new Set() };
  readonly #changes: { at: number; owner: Name; count: number }[] = [];

  /** @param owner  whose group it is when all is well */
  ran(name: Name, owner: Name, runs: boolean, at: number): void {
    if (runs) this.#running[name].add(owner);
    else this.#running[name].delete(owner);
    this.#changes.push({ at, owner, count: this.of(owner).length });
  }

  of(owner: Name): readonly Name[] {
    return NAMES.filter((name) => this.#running[name].has(owner));
  }

  /** When a group ran so many times at once, from some moment on to now. */
  spans(count: number, from: number, now: number): readonly Span[] {
    return NAMES.flatMap((owner) => {
      const changes = this.#changes.filter((change) => change.owner === owner);
      const ends = [...changes.slice(1).map(({ at }) => at), now];
      return changes
        .map((change, index) => ({
          owner,
          count: change.count,
          from: Math.max(from, change.at),
          to: ends[index] ?? now,
        }))
        .filter((span) => span.count === count && span.to > span.from)
        .map(({ owner: whose, from: start, to }) => ({
          owner: whose,
          from: start,
          to,
        }));
    });
  }

  /** How long both had one, milliseconds, the longest. */
  doubled(from: number, now: number): number {
    return Math.max(0, ...this.spans(2, from, now).map((span) => span.to - span.from));
  }
}

/** Whose groups these are, as that node calls them. */
export function ownersOf(hold: Hold, self: Name): readonly Name[] {
  const other = self === 'lb1' ? 'lb2' : 'lb1';
  if (hold === 'all') return NAMES;
  if (hold === 'none') return [];
  return [hold === 'local' ? self : other];
}

export function holdOf(owners: readonly Name[], self: Name): Hold {
  if (owners.length === NAMES.length) return 'all';
  if (owners.length === 0) return 'none';
  return owners.includes(self) ? 'local' : 'foreign';
}
