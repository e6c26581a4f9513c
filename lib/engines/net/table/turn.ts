/** A server's key to schedulers: above 0, and another server's only when its record is. */
export function keyOf({ record }: { readonly record: number }): number {
  return record + 1;
}

/** Whose turn was the last once servers have left: where its own has, the server before it that
 *  stays, so that the next turn is that of the one behind. Source: net/netfilter/ipvs, rr.
 *  @param last  a server's key, or 0: nobody's
 *  @param before  keys in the order of the table so far
 *  @param left  those of them that left
 *  @returns 0 when none before it stays: the turn begins at the head */
export function turnAfter(
  last: number,
  before: readonly number[],
  left: readonly number[],
): number {
  const gone = new Set(left);
  let at = before.indexOf(last);
  while (at >= 0 && gone.has(before[at] ?? 0)) at--;
  return before[at] ?? 0;
}
