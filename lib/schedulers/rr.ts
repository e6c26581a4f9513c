import type { Scheduler } from '../model/scheduler.ts';

/** Round-robin: the next eligible server after the last one chosen; weights do not count.
 *  The cursor holds the row to begin with. Grows with the ineligible servers that it has to
 *  pass. Source: ipvsadm(8), "rr". */
export const rr: Scheduler = {
  summary: 'one after the other',
  pick(service) {
    const { size, cursor } = service;
    const { values: weights, at } = service.column('eligibleWeight');
    const start = size === 0 ? 0 : (cursor[0] ?? 0) % size;
    for (let step = 0; step < size; step++) {
      const row = start + step < size ? start + step : start + step - size;
      if (weights[at[row] ?? 0] === 0 || !service.eligible(row)) continue;
      cursor[0] = row + 1;
      return row;
    }
    return undefined;
  },
};
