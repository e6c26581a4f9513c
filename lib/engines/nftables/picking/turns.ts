import { sum } from './apportion.ts';

/** A round in which each index comes as often as its count says, spread as evenly as can be: after
 *  any number of slots none is a whole slot away from its exact part of them. Counts 5, 1, 1 are
 *  0 0 0 1 0 0 2. Takes slots x servers steps.
 *  Each turn of a server has a window in which it keeps to that; of those whose window is open, the
 *  one that closes first is taken, which always works out (Baruah et al., "Proportionate progress",
 *  1996; a tie goes to the first). */
export function turns(counts: readonly number[]): readonly number[] {
  const size = sum(counts);
  const taken = counts.map(() => 0);
  return Array.from({ length: size }, (_, slot) => {
    const next = mostUrgent(counts, taken, slot + 1, size);
    taken[next] = (taken[next] ?? 0) + 1;
    return next;
  });
}

function mostUrgent(
  counts: readonly number[],
  taken: readonly number[],
  place: number,
  size: number,
): number {
  let best = 0;
  let closes = Infinity;
  for (const [index, count] of counts.entries()) {
    const had = taken[index] ?? 0;
    if (count * place <= had * size) continue;
    const deadline = ((had + 1) * size) / count;
    if (deadline >= closes) continue;
    best = index;
    closes = deadline;
  }
  return best;
}
