/** The same in all threads, unlike performance.now(), which counts from the start of each. Monotonic.
 *  @returns milliseconds */
export function sharedClock(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}
