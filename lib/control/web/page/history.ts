/** Rates of the last minute. */
export interface History {
  /** @param total  a counter; one that falls has begun anew
   *  @param t      when it was so, in milliseconds */
  take(total: number, t: number): void;
  /** Over the last seconds, so that it does not flicker. */
  now(): number;
  /** The oldest first; as many as are known. */
  values(): readonly number[];
}

const KEPT = 60;
const STEADY = 5;

export function createHistory(): History {
  const values: number[] = [];
  let last: { readonly total: number; readonly t: number } | undefined;
  return {
    take(total, t) {
      if (last !== undefined && t > last.t) {
        const grown = total < last.total ? 0 : total - last.total;
        values.push((grown * 1000) / (t - last.t));
        if (values.length > KEPT) values.shift();
      }
      if (last === undefined || t > last.t) last = { total, t };
    },
    now() {
      const from = Math.max(0, values.length - STEADY);
      let sum = 0;
      for (let at = from; at < values.length; at++) sum += values[at] ?? 0;
      return sum / Math.max(1, values.length - from);
    },
    values: () => values,
  };
}

/** The line of a sparkline and the area below it, as SVG path data; the newest value is on the right
 *  edge, and the scale ends at the highest.
 *  @param values  the oldest first, at most `most` */
export function sparkPaths(
  values: readonly number[],
  { width, height, most = KEPT }: { width: number; height: number; most?: number },
): { readonly line: string; readonly area: string } {
  if (values.length < 2) return { line: '', area: '' };
  const top = Math.max(1, ...values);
  const step = width / (most - 1);
  const left = width - (values.length - 1) * step;
  const points = values.map((value, at) => {
    const y = height - 1 - (value / top) * (height - 2);
    return `${(left + at * step).toFixed(1)} ${y.toFixed(1)}`;
  });
  const line = `M${points.join('L')}`;
  return { line, area: `${line}V${height}H${left.toFixed(1)}Z` };
}
