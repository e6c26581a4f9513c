import type { Row, ServiceView } from '../model/scheduler.ts';
import { firstEligible } from './first-eligible.ts';

/** The eligible server with the lowest (active + 1) / weight; a tie goes to the first.
 *  @param idleFirst  the first one without an active connection comes before all others
 *  @returns undefined when none is eligible */
export function soonest(service: ServiceView, idleFirst: boolean): Row | undefined {
  const first = firstEligible(service);
  if (first === undefined) return undefined;
  let best = first;
  let bestDelay = service.active(first) + 1;
  let bestWeight = service.weight(first);
  if (idleFirst && bestDelay === 1) return first;
  for (let row = first + 1, { size } = service; row < size; row++) {
    const delay = service.active(row) + 1;
    const weight = service.weight(row);
    const idle = idleFirst && delay === 1;
    if (!idle && delay * bestWeight >= bestDelay * weight) continue;
    if (!service.eligible(row)) continue;
    if (idle) return row;
    best = row;
    bestDelay = delay;
    bestWeight = weight;
  }
  return best;
}
