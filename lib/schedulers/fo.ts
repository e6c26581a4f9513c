import type { Row, Scheduler } from '../model/scheduler.ts';

/** Weighted failover: the highest weight, however busy it is; a tie goes to the first.
 *  Grows with the number of servers. Source: ipvsadm(8), "fo". */
export const fo: Scheduler = {
  summary: 'always the highest weight',
  pick(service) {
    let best: Row | undefined;
    let highest = 0;
    for (let row = 0, { size } = service; row < size; row++) {
      const weight = service.weight(row);
      if (weight <= highest || !service.eligible(row)) continue;
      best = row;
      highest = weight;
    }
    return best;
  },
};
