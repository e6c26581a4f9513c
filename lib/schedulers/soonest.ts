import type { Row, ServiceView } from '../model/scheduler.ts';

/** The eligible server with the lowest (active + 1) / weight; a tie goes to the first.
 *  Undefined: none is eligible. */
export function soonest(service: ServiceView): Row | undefined {
  let best: Row | undefined;
  let bestDelay = 0;
  let bestWeight = 0;
  for (let row = 0; row < service.size; row++) {
    if (!service.eligible(row)) continue;
    const delay = service.active(row) + 1;
    const weight = service.weight(row);
    if (best !== undefined && delay * bestWeight >= bestDelay * weight) continue;
    best = row;
    bestDelay = delay;
    bestWeight = weight;
  }
  return best;
}
