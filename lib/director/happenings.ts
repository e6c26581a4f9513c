import type { Happening } from '../model/event.ts';
import { weightInForce } from '../pool/entry.ts';
import type { Pool, RealServerState } from '../pool/pool.ts';
import { hasReserve, seenState } from '../pool/reserve.ts';

/** What happened to the real servers of a service between two pools: those whose state or weight in
 *  force is another, in the file's order, then those that left. */
export function realHappenings(
  before: Pool | undefined,
  after: Pool,
): readonly Happening[] {
  const ids = new Set([...after.index.keys(), ...(before?.index.keys() ?? [])]);
  return [...ids].flatMap((id) => realHappening(id, before, after, null) ?? []);
}

/** What happened when one of them changed, to that one first: in a panic others go with it, and of the reserve some
 *  step in or out.
 *  @param message  as of {@link realHappening} */
export function whatHappened(
  real: string,
  before: Pool,
  after: Pool,
  message: string | null,
): readonly (Happening | undefined)[] {
  const own = realHappening(real, before, after, message);
  const isShifted = hasReserve(after.reals) && after.entry !== before.entry;
  if (!before.panic && !isShifted) return [own];
  const others = realHappenings(before, after).filter(
    (happening) => happening.type !== 'real' || happening.real !== real,
  );
  return [own, ...others];
}

/** What happened to one of them; undefined: nothing, or that it is new and starting.
 *  @param message  what its check said; null: it was not a check that brought it about */
function realHappening(
  real: string,
  before: Pool | undefined,
  after: Pool,
  message: string | null,
): Happening | undefined {
  const was = seen(before, real);
  const is = seen(after, real);
  if (was?.state === is?.state && was?.weight === is?.weight) return undefined;
  if (!was && is?.state === 'starting') return undefined;
  return {
    ...{ type: 'real', service: after.service.id, real },
    ...{ from: was?.state ?? null, to: is?.state ?? null },
    ...{ weight: is?.weight ?? 0, message },
  };
}

function seen(
  pool: Pool | undefined,
  id: string,
): (Pick<RealServerState, 'state'> & { readonly weight: number }) | undefined {
  const state = pool?.reals[pool.index.get(id) ?? -1];
  if (!pool || !state) return undefined;
  return { state: seenState(state), weight: weightInForce(pool.service, state) ?? 0 };
}
