import type { ServiceTable } from '../../../model/engine.ts';
import type { VirtualService } from '../../../model/virtual-service.ts';
import { schedulerNamed } from '../../../schedulers/index.ts';
import type { Homes } from './homes.ts';
import { tiesOf } from './ties.ts';

/** Gives each service of the table its worker: those that lead to each other, of which one worker alone can carry
 *  some, the same one. What the table has no more leaves. */
export function house(homes: Homes, table: ServiceTable): void {
  const services = new Map(table.map(({ service }) => [service.id, service]));
  homes.keep(new Set(services.keys()));
  const alone = (id: string) => isAlone(services.get(id));
  const ties = tiesOf(table, alone);
  const tied = new Set(ties.flatMap((ids) => [...ids]));
  for (const id of services.keys()) if (!tied.has(id)) homes.settle(id, alone(id));
  for (const ids of ties) homes.join(ids);
}

/** Whether what it keeps from one connection to the next is in one worker's own memory. */
function isAlone(service: VirtualService | undefined): boolean {
  if (!service) return false;
  const { persistent, scheduler } = service;
  return Boolean(persistent) || schedulerNamed(scheduler)?.keeps === true;
}
