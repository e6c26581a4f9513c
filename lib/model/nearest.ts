/** The known word that a mistyped one was meant to be: the fewest letters changed, left out,
 *  doubled or swapped, and no more than a third of them; undefined when none is near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const changes = distance(word.toLowerCase(), candidate.toLowerCase(), least);
    if (changes >= least) continue;
    least = changes;
    best = candidate;
  }
  return best;
}

/** `; did you mean "x"?`, or nothing when no known word is near. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const found = word.length > 40 ? undefined : nearest(word, known);
  return found === undefined ? '' : `; did you mean "${found}"?`;
}

/** Damerau-Levenshtein with adjacent swaps, a row of the matrix at a time. A file may have ten thousand
 *  unknown words, so it is given up as soon as it cannot be less than `most`: Infinity. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most) return Infinity;
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  let before = 0;
  for (let row = 1; row <= a.length; row++) {
    const next = nextRow(rows, a, b, row);
    const least = Math.min(...next);
    // A swap looks two rows back.
    if (least >= most && before >= most) return Infinity;
    before = least;
    rows.push(next);
  }
  return rows[a.length]?.[b.length] ?? Infinity;
}

function nextRow(
  rows: readonly number[][],
  a: string,
  b: string,
  row: number,
): number[] {
  const above = rows[row - 1] ?? [];
  const current = [row];
  for (let column = 1; column <= b.length; column++) {
    const same = a[row - 1] === b[column - 1];
    const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
    current[column] = Math.min(
      (above[column] ?? 0) + 1,
      (current[column - 1] ?? 0) + 1,
      (above[column - 1] ?? 0) + (same ? 0 : 1),
      swapped ? (rows[row - 2]?.[column - 2] ?? 0) + 1 : Infinity,
    );
  }
  return current;
}
