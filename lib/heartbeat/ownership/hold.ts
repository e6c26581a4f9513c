/** Which groups of haresources: `local` are those of the node that speaks, `foreign` the other one's. */
export type Part = 'local' | 'foreign';

/** Which of them somebody has, or which are meant. */
export type Hold = 'none' | Part | 'all';

const HOLDS: ReadonlySet<string> = new Set([
  'none',
  'local',
  'foreign',
  'all',
] satisfies Hold[]);

export function isHold(word: string | undefined): word is Hold {
  return word !== undefined && HOLDS.has(word);
}

export function has(hold: Hold, part: Part): boolean {
  return hold === 'all' || hold === part;
}

/** Both together. */
export function plus(one: Hold, other: Hold): Hold {
  if (one === 'none' || one === other) return other;
  return other === 'none' ? one : 'all';
}

/** The first without the second. */
export function minus(one: Hold, other: Hold): Hold {
  const local = has(one, 'local') && !has(other, 'local');
  const foreign = has(one, 'foreign') && !has(other, 'foreign');
  if (local && foreign) return 'all';
  if (local) return 'local';
  return foreign ? 'foreign' : 'none';
}

/** What is in both. */
export function common(one: Hold, other: Hold): Hold {
  return minus(one, minus(one, other));
}

/** The same groups, as the other node calls them. */
export function flip(hold: Hold): Hold {
  if (hold === 'local') return 'foreign';
  return hold === 'foreign' ? 'local' : hold;
}
