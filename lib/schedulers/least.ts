import type { ColumnName, Row, ServiceView } from '../model/scheduler.ts';

/** The eligible server with the lowest number; a tie goes to the first. The name is of a column
 *  that has Infinity for who is not eligible. Undefined: none is eligible. */
export function least(
  service: ServiceView,
  name: Extract<ColumnName, 'eligibleLoad' | 'weightedLoad' | 'delay' | 'idleDelay'>,
): Row | undefined {
  const { values, at } = service.column(name);
  let best: Row | undefined;
  let lowest = Infinity;
  for (let row = 0; row < at.length; row++) {
    const value = values[at[row] ?? 0] ?? Infinity;
    if (value >= lowest || !service.eligible(row)) continue;
    best = row;
    lowest = value;
  }
  return best;
}
