import type { Row, Scheduler } from '../model/scheduler.ts';

/** Weighted overflow: the highest weight whose active connections are not above that weight;
 *  a tie goes to the first. Refuses when every server is full. Grows with the number of servers.
 *  Source: ipvsadm(8), "ovf". */
export const ovf: Scheduler = {
  summary: 'the highest weight until it is full, then the next',
  pick(service) {
    let best: Row | undefined;
    let highest = 0;
    for (let row = 0, { size } = service; row < size; row++) {
      const weight = service.weight(row);
      if (weight <= highest || service.active(row) > weight) continue;
      if (!service.eligible(row)) continue;
      best = row;
      highest = weight;
    }
    return best;
  },
};
