const FIRST_MS = 5000;
const LONGEST = 12;

/** From an attempt that left something undone to the next, milliseconds: a call a server may be made
 *  again in each, so they become rarer.
 *  @param attempts  how many came before it, in a row
 *  @param firstMs   default 5 s; up to twelve times that */
export function retryPause(attempts: number, firstMs = FIRST_MS): number {
  return firstMs * Math.min(2 ** attempts, LONGEST);
}
