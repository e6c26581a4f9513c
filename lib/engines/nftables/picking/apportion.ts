/** How many slots each weight gets. Exact, in the fewest slots, where that takes no more than the
 *  limit; else {@link scaled} to it.
 *  @param weights  whole numbers, 0 or more */
export function shares(weights: readonly number[], limit: number): readonly number[] {
  const divisor = weights.reduce(greatestCommonDivisor, 0) || 1;
  return sum(weights) / divisor <= limit
    ? weights.map((weight) => weight / divisor)
    : scaled(weights, limit);
}

/** About `limit` slots dealt out by weight, at least one for each weight above 0. Never more than
 *  the limit, or than two a server where servers are more than half of it. A server has its part
 *  of them to within half a slot, or the one; so with n servers and N slots its share of the
 *  connections is at most n / N off.
 *  @param weights  0 or more, not all whole */
export function scaled(weights: readonly number[], limit: number): readonly number[] {
  const total = sum(weights);
  const servers = weights.filter((weight) => weight > 0).length;
  const room = Math.max(limit - servers, servers);
  return weights.map((weight) =>
    weight > 0 ? Math.max(1, Math.round((weight / total) * room)) : 0,
  );
}

/** Slots side by side: counts 2, 0, 1 are 0 0 2. */
export function blocks(counts: readonly number[]): readonly number[] {
  return counts.flatMap((count, index) => new Array<number>(count).fill(index));
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
