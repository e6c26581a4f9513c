import type { Row, ServiceView } from '../model/scheduler.ts';
import { firstEligible } from './first-eligible.ts';

/** The eligible server with the lowest load per unit of weight; a tie goes to the first.
 *  Undefined: none is eligible. */
export function lightest(service: ServiceView): Row | undefined {
  const first = firstEligible(service);
  if (first === undefined) return undefined;
  let best = first;
  let bestLoad = service.load(first);
  let bestWeight = service.weight(first);
  for (let row = first + 1, { size } = service; row < size; row++) {
    const load = service.load(row);
    const weight = service.weight(row);
    if (load * bestWeight >= bestLoad * weight || !service.eligible(row)) continue;
    best = row;
    bestLoad = load;
    bestWeight = weight;
  }
  return best;
}
