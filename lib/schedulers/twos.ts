import type { Row, Scheduler, ServiceView } from '../model/scheduler.ts';

/** The power of two choices: two servers drawn at random, by weight and perhaps the same one
 *  twice; the lower load per unit of weight wins, a tie goes to the first drawn. Grows with the
 *  number of servers. Source: ipvsadm(8), "twos"; net/netfilter/ipvs. */
export const twos: Scheduler = {
  summary: 'the less busy of two drawn by weight',
  pick(service) {
    const total = eligibleWeight(service);
    if (total === 0) return undefined;
    const one = draw(service, total);
    const two = draw(service, total);
    if (one === undefined || two === undefined) return undefined;
    const costOne = service.load(one) * service.weight(two);
    const costTwo = service.load(two) * service.weight(one);
    return costTwo < costOne ? two : one;
  },
};

function eligibleWeight(service: ServiceView): number {
  let total = 0;
  for (let row = 0; row < service.size; row++)
    if (service.eligible(row)) total += service.weight(row);
  return total;
}

/** The kernel draws from 0 to the sum of the weights, both included: the first server has one
 *  chance more than its weight. */
function draw(service: ServiceView, total: number): Row | undefined {
  let left = Math.floor(service.random() * (total + 1));
  for (let row = 0; row < service.size; row++) {
    if (!service.eligible(row)) continue;
    left -= service.weight(row);
    if (left <= 0) return row;
  }
  return undefined;
}
