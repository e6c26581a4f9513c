import type { Scheduler } from '../model/scheduler.ts';
import { least } from './least.ts';

/** Weighted least-connection: the lowest load per unit of weight, load being
 *  256 x active + inactive; a tie goes to the first. Grows with the number of servers.
 *  Source: ipvsadm(8), "wlc". */
export const wlc: Scheduler = {
  summary: 'fewest connections per unit of weight',
  pick: (service) => least(service, 'weightedLoad'),
};
