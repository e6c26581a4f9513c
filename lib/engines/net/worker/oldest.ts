import type { Members } from './members.ts';
import type { Resettable } from './real-server.ts';
import type { Tenths } from './sight.ts';

/** Looked at for one answer: some tenths of a millisecond. */
const LOOKED_AT = 10_000;

/** The oldest connections that can be retired; of more than 10,000 those of a sample.
 *  @param count   few
 *  @param before  they began no later */
export function oldest(
  connections: Members<Resettable>,
  count: number,
  before: Tenths,
): readonly Resettable[] {
  const found: Resettable[] = [];
  const { size } = connections;
  const looks = Math.min(size, LOOKED_AT);
  const first = looks < size ? Math.floor(Math.random() * size) : 0;
  for (let look = 0; look < looks; look++) {
    const one = connections.at((first + look) % size);
    if (one?.retire && began(one) <= before) keep(found, one, count);
  }
  return found;
}

/** The oldest first, so many at most. */
function keep(found: Resettable[], one: Resettable, count: number): void {
  const last = found.at(-1);
  if (found.length === count && last && began(last) <= began(one)) return;
  const at = found.findIndex((other) => began(other) > began(one));
  found.splice(at < 0 ? found.length : at, 0, one);
  if (found.length > count) found.pop();
}

function began({ began: tenths = 0 }: Resettable): Tenths {
  return tenths;
}
