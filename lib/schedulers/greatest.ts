import type { ColumnName, Row, ServiceView } from '../model/scheduler.ts';

/** The eligible server with the highest number; a tie goes to the first. The name is of a column
 *  that has 0 for who may not be picked. Undefined: none may. */
export function greatest(
  service: ServiceView,
  name: Extract<ColumnName, 'eligibleWeight' | 'roomyWeight'>,
): Row | undefined {
  const { values, at } = service.column(name);
  let best: Row | undefined;
  let highest = 0;
  for (let row = 0; row < at.length; row++) {
    const value = values[at[row] ?? 0] ?? 0;
    if (value <= highest || !service.eligible(row)) continue;
    best = row;
    highest = value;
  }
  return best;
}
