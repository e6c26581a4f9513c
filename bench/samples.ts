/** One measurement of one subject in one row, at a point of its curve. */
export interface Sample {
  readonly row: string;
  /** Label of the point. */
  readonly point: string;
  readonly subject: string;
  /** By the keys of the row's measures. */
  readonly figures: Readonly<Record<string, number>>;
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

/** What a subject's samples say of one measure, a spread for each point; undefined: nothing. */
export interface Series {
  readonly subject: string;
  /** Its number among all subjects, also those that are not measured here. */
  readonly index: number;
  readonly spreads: readonly (Spread | undefined)[];
}

/** @param samples  of one row
 *  @param points   labels, in order
 *  @returns        a series for each subject that has any, in the order of `subjects` */
export function seriesOf(
  samples: readonly Sample[],
  points: readonly string[],
  measure: string,
  subjects: readonly string[],
): readonly Series[] {
  const at = (subject: string, point: string) => {
    const numbers = samples
      .filter((sample) => sample.subject === subject && sample.point === point)
      .flatMap(({ figures }) => figures[measure] ?? []);
    return numbers.length > 0 ? spread(numbers) : undefined;
  };
  return subjects
    .map((subject, index) => ({
      subject,
      index,
      spreads: points.map((point) => at(subject, point)),
    }))
    .filter(({ spreads }) => spreads.some((one) => one !== undefined));
}
