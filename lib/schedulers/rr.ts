import type { Scheduler } from '../model/scheduler.ts';

/** Round-robin: the next eligible server after the last one chosen; weights do not count.
 *  Grows with the ineligible servers it has to pass. Source: ipvsadm(8), "rr". */
export const rr: Scheduler = {
  summary: 'one after the other',
  pick(service) {
    const { size, cursor } = service;
    for (let step = 0; step < size; step++) {
      const row = ((cursor[0] ?? 0) + step) % size;
      if (!service.eligible(row)) continue;
      cursor[0] = row + 1;
      return row;
    }
    return undefined;
  },
};
