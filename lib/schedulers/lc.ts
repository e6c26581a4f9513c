import type { Scheduler } from '../model/scheduler.ts';
import { firstEligible } from './first-eligible.ts';

/** Least-connection: the lowest load, 256 x active + inactive; a tie goes to the first.
 *  Weights do not count. Grows with the number of servers. Source: ipvsadm(8), "lc". */
export const lc: Scheduler = {
  summary: 'fewest connections',
  pick(service) {
    const first = firstEligible(service);
    if (first === undefined) return undefined;
    let best = first;
    let least = service.load(first);
    for (let row = first + 1, { size } = service; row < size; row++) {
      const load = service.load(row);
      if (load >= least || !service.eligible(row)) continue;
      best = row;
      least = load;
    }
    return best;
  },
};
