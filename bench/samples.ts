/** One measurement of one subject in one row. */
export interface Sample {
  readonly row: string;
  readonly subject: string;
  /** Operations a second. */
  readonly rate: number;
  /** Microseconds of the subject's processor time an operation; undefined: nobody between. */
  readonly cpu: number | undefined;
}

/** Median, lowest and highest. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @param numbers  one or more */
export function spread(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return {
    median: (low + high) / 2,
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
  };
}
