import type { Row, ServiceView } from '../model/scheduler.ts';

/** The first server that may be chosen: where a search for the best begins, so that a tie goes
 *  to the first. Undefined: none may. */
export function firstEligible(service: ServiceView): Row | undefined {
  for (let row = 0, { size } = service; row < size; row++)
    if (service.eligible(row)) return row;
  return undefined;
}
