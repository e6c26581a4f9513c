import { isByName } from './by-name.ts';
import type { ServerEntry } from './engine.ts';
import type { VirtualService } from './virtual-service.ts';

type Named = Pick<VirtualService, 'reals' | 'options'>;

/** Whether the connections of a server end that was in the table and is not any more.
 *  @param after  undefined: neither is the service */
export function endsAtRemoval(
  { id, onRemoval }: Pick<ServerEntry, 'id' | 'onRemoval'>,
  before: Named,
  after: Named | undefined,
): boolean {
  return onRemoval === 'reset' && !(after && hasLostItsName(id, before, after));
}

/** It has left because its name does not name it any more: a drain, as `reals-from` promises. Where the name
 *  itself has been taken out of the file, so have its servers. */
function hasLostItsName(id: string, before: Named, { reals, options }: Named): boolean {
  const real = before.reals.find((one) => one.id === id);
  return (
    real !== undefined &&
    isByName(real, { options }) &&
    reals.every((one) => one.id !== id)
  );
}
