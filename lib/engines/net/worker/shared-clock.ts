/** A clock that says the same in all threads: performance.now() counts from the start of each. Monotonic.
 *  @returns milliseconds since some time before this process */
export function sharedClock(): () => number {
  const [seconds, nanoseconds] = process.hrtime();
  const ahead = seconds * 1000 + nanoseconds / 1e6 - performance.now();
  return () => performance.now() + ahead;
}
