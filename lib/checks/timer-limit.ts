/** Node's longest timer; a longer one would fire at once. A .cf may ask for years. */
const LONGEST_MS = 2 ** 31 - 1;

/** The delay, or the longest there is, some 24 days. */
export function timerMs(ms: number): number {
  return Math.min(ms, LONGEST_MS);
}
