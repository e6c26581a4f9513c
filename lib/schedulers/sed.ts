import type { Scheduler } from '../model/scheduler.ts';
import { least } from './least.ts';

/** Shortest expected delay: the lowest (active + 1) / weight, as if the new connection were
 *  already there; a tie goes to the first. Grows with the number of servers.
 *  Source: ipvsadm(8), "sed". */
export const sed: Scheduler = {
  summary: 'shortest expected delay',
  pick: (service) => least(service, 'delay'),
};
