import type { Scheduler } from '../model/scheduler.ts';
import { greatest } from './greatest.ts';

/** Weighted overflow: the highest weight whose active connections are not above that weight;
 *  a tie goes to the first. Refuses when every server is full. Grows with the number of servers.
 *  Source: ipvsadm(8), "ovf". */
export const ovf: Scheduler = {
  summary: 'the highest weight until it is full, then the next',
  pick: (service) => greatest(service, 'roomyWeight'),
};
