import type { Scheduler } from '../model/scheduler.ts';
import { greatest } from './greatest.ts';

/** Weighted failover: the highest weight, however busy it is; a tie goes to the first.
 *  Grows with the number of servers. Source: ipvsadm(8), "fo". */
export const fo: Scheduler = {
  summary: 'always the highest weight',
  pick: (service) => greatest(service, 'eligibleWeight'),
};
