import type { ServerEntry } from './engine.ts';
import type { VirtualService } from './virtual-service.ts';

/** Whether the connections of a server end that was in the table and is not any more.
 *  @param after  undefined: neither is the service */
export function endsAtRemoval(
  { id, onRemoval }: Pick<ServerEntry, 'id' | 'onRemoval'>,
  before: Pick<VirtualService, 'reals'>,
  after: Pick<VirtualService, 'reals'> | undefined,
): boolean {
  return onRemoval === 'reset' && !(after && hasLostItsName(id, before, after));
}

/** It has left because its name does not name it any more: a drain, as `reals-from` promises. */
function hasLostItsName(
  id: string,
  before: Pick<VirtualService, 'reals'>,
  after: Pick<VirtualService, 'reals'>,
): boolean {
  const real = before.reals.find((one) => one.id === id);
  return real?.from !== undefined && after.reals.every((one) => one.id !== id);
}
