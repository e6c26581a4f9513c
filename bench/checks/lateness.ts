/** How late starts were, in milliseconds. */
export interface Lateness {
  readonly starts: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export function latenessOf(lateMs: readonly number[]): Lateness {
  const sorted = lateMs.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ??
    Number.NaN;
  return { starts: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** Of times that should lie an interval apart: each against the most punctual of its row, which
 *  counts as on time. */
export function offGrid(
  times: readonly number[],
  intervalMs: number,
): readonly number[] {
  const phases = times.map((time, index) => time - index * intervalMs);
  const onTime = Math.min(...phases);
  return phases.map((phase) => phase - onTime);
}
