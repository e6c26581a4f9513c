import type { Row, ServiceView } from '../model/scheduler.ts';

/** The eligible server with the lowest load per unit of weight; a tie goes to the first.
 *  Undefined: none is eligible. */
export function lightest(service: ServiceView): Row | undefined {
  let best: Row | undefined;
  let bestLoad = 0;
  let bestWeight = 0;
  for (let row = 0; row < service.size; row++) {
    if (!service.eligible(row)) continue;
    const load = service.load(row);
    const weight = service.weight(row);
    if (best !== undefined && load * bestWeight >= bestLoad * weight) continue;
    best = row;
    bestLoad = load;
    bestWeight = weight;
  }
  return best;
}
