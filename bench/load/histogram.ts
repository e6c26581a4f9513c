/** Buckets of every power of two: a value is told to 1/64 of itself. */
const PARTS = 128;
const HALF = PARTS / 2;

/** Counts of values from 0 on in logarithmic buckets that are cut linearly, as HdrHistogram has
 *  them: any range, a bounded error, no allocation while it is filled. */
export class Histogram {
  readonly #counts: number[] = [];
  #total = 0;

  /** @param value  a whole number up to 2^31, of any unit; less than 0 counts as 0 */
  record(value: number): void {
    const bucket = bucketOf(Math.max(0, value));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total++;
  }

  get total(): number {
    return this.#total;
  }

  /** The value that this share of all do not exceed, rounded up to its bucket's end.
   *  @param share  0 to 1
   *  @returns      NaN when there are none */
  at(share: number): number {
    const rank = Math.max(1, Math.ceil(this.#total * share));
    let seen = 0;
    for (const [bucket, count = 0] of this.#counts.entries()) {
      seen += count;
      if (seen >= rank) return highestOf(bucket);
    }
    return Number.NaN;
  }
}

/** Below PARTS a bucket a value; then HALF buckets for every power of two. */
function bucketOf(value: number): number {
  const shift = Math.max(0, 32 - Math.clz32(value) - Math.log2(PARTS));
  return shift * HALF + (value >>> shift);
}

function highestOf(bucket: number): number {
  if (bucket < PARTS) return bucket;
  const shift = Math.floor(bucket / HALF) - 1;
  const first = (bucket - shift * HALF) * 2 ** shift;
  return first + 2 ** shift - 1;
}
