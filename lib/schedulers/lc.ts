import type { Scheduler } from '../model/scheduler.ts';
import { least } from './least.ts';

/** Least-connection: the lowest load, 256 x active + inactive; a tie goes to the first.
 *  Weights do not count. Grows with the number of servers. Source: ipvsadm(8), "lc". */
export const lc: Scheduler = {
  summary: 'fewest connections',
  pick: (service) => least(service, 'eligibleLoad'),
};
