/** A real server that takes new connections, and what it has. */
export interface Level {
  readonly id: string;
  /** Above 0. */
  readonly weight: number;
  /** Connections open both ways. */
  readonly active: number;
}

/** What of the others is to end for the good of servers that came. */
export interface Surplus {
  /** How many connections these lack of what their weights say. */
  readonly lack: number;
  /** Of all connections, what their weights say: 0 to 1. */
  readonly share: number;
  /** Connections that others have beyond what their weights say; whole ones, by id. */
  readonly beyond: ReadonlyMap<string, number>;
}

/** Within so much of its share a server counts as level. */
const LEVEL = 0.02;

/** @param came  ids of those that came
 *  @returns undefined: they are level, or nobody has anything beyond */
export function surplus(
  levels: readonly Level[],
  came: ReadonlySet<string>,
): Surplus | undefined {
  const weight = sum(levels, (one) => one.weight);
  const all = sum(levels, (one) => one.active);
  const due = (one: Level) => (all * one.weight) / weight;
  const theirs = levels.filter(({ id }) => came.has(id));
  const share = sum(theirs, (one) => one.weight) / weight;
  const lack = sum(theirs, (one) => Math.max(0, due(one) - one.active));
  if (lack < Math.max(1, all * share * LEVEL)) return undefined;
  const beyond = new Map<string, number>();
  for (const one of levels) {
    const more = Math.floor(one.active - due(one));
    if (more > 0 && !came.has(one.id)) beyond.set(one.id, more);
  }
  return beyond.size > 0 ? { lack, share, beyond } : undefined;
}

/** Shares so many out, each to who has most left. @returns those that get any */
export function sharedOut<K>(
  count: number,
  from: ReadonlyMap<K, number>,
): Map<K, number> {
  const left = new Map(from);
  const given = new Map<K, number>();
  for (let n = 0; n < count; n++) {
    let most: readonly [K, number] | undefined;
    for (const one of left) if (one[1] > (most?.[1] ?? 0)) most = one;
    if (!most) break;
    left.set(most[0], most[1] - 1);
    given.set(most[0], (given.get(most[0]) ?? 0) + 1);
  }
  return given;
}

function sum<T>(parts: readonly T[], of: (part: T) => number): number {
  return parts.reduce((total, part) => total + of(part), 0);
}
