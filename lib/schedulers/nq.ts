import type { Scheduler } from '../model/scheduler.ts';
import { least } from './least.ts';

/** Never queue: the first server that has no active connection, else the one with the shortest
 *  expected delay. Grows with the number of servers. Source: ipvsadm(8), "nq". */
export const nq: Scheduler = {
  summary: 'an idle server, else the shortest expected delay',
  pick: (service) => least(service, 'idleDelay'),
};
