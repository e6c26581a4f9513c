import type { RealStatus, StatusDocument } from '../model/status.ts';

/** Names listed in an error. */
const MOST_LISTED = 20;

/** The document with nothing but the real server of that name, in every service that has it. A
 *  fallback has no checks and no name here.
 *  @param name  its id (`10.0.0.1:80`), its address, or the beginning of its id, if only one
 *               real server has that
 *  @throws Error that says what there is */
export function onlyReal(document: StatusDocument, name: string): StatusDocument {
  const id = idOf(document, name);
  const services = document.services.flatMap((service) => {
    const reals = service.reals.filter((real) => !real.fallback && real.id === id);
    return reals.length === 0 ? [] : [{ ...service, reals }];
  });
  return { ...document, services };
}

function idOf({ services }: StatusDocument, name: string): string {
  const reals = services.flatMap(({ reals }) => reals.filter((real) => !real.fallback));
  const bare = name.replace(/^\[([^\]]*)\]$/, '$1');
  const meanings: readonly ((real: RealStatus) => boolean)[] = [
    ({ id }) => id === name,
    ({ address }) => address === bare,
    ({ id }) => id.startsWith(name),
  ];
  for (const meant of meanings) {
    const [first, ...more] = idsOf(reals.filter(meant));
    if (first === undefined) continue;
    if (more.length === 0) return first;
    throw new Error(
      `${name} names more than one real server: ${list([first, ...more])}`,
    );
  }
  const there = idsOf(reals);
  throw new Error(
    there.length === 0
      ? `no real server ${name}: there is none at all`
      : `no real server ${name}; there is: ${list(there)}`,
  );
}

function idsOf(reals: readonly RealStatus[]): readonly string[] {
  return [...new Set(reals.map(({ id }) => id))];
}

function list(ids: readonly string[]): string {
  const more = ids.length - MOST_LISTED;
  const shown = ids.slice(0, MOST_LISTED).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
