import type { Row, Scheduler } from '../model/scheduler.ts';

/** Least-connection: the lowest load, 256 x active + inactive; a tie goes to the first.
 *  Weights do not count. Grows with the number of servers. Source: ipvsadm(8), "lc". */
export const lc: Scheduler = {
  summary: 'fewest connections',
  pick(service) {
    let best: Row | undefined;
    let least = 0;
    for (let row = 0; row < service.size; row++) {
      if (!service.eligible(row)) continue;
      const load = service.load(row);
      if (best !== undefined && load >= least) continue;
      best = row;
      least = load;
    }
    return best;
  },
};
