import type { RealRef } from '../model/override.ts';
import type { RealStatus, ServiceStatus, StatusDocument } from '../model/status.ts';

/** What a name may mean: a service, or a real server in one. */
export interface Target {
  readonly service: ServiceStatus;
  /** Undefined: the service itself. */
  readonly real: RealStatus | undefined;
}

/** Names listed in an error. */
const MOST_LISTED = 20;

/** The one real server that is meant by its id (`10.0.0.1:80`), `SERVICE/REAL`, its address, or any
 *  part of these that no other has.
 *  @throws Error that says what it could be, or what there is */
export function realNamed(document: StatusDocument, name: string): RealRef {
  const { service, real } = theOne(realsOf(document), name, 'real server');
  return { service: service.id, real: real.id };
}

/** The same, or a service by its id or a part of it. */
export function targetNamed(document: StatusDocument, name: string): Target {
  const services = document.services.map((service) => ({ service, real: undefined }));
  return theOne<Target>(
    [...services, ...realsOf(document)],
    name,
    'service or real server',
  );
}

/** `SERVICE/REAL`, or the service's id: what names it among all. */
export function fullName({ service, real }: Target): string {
  return real === undefined ? service.id : `${service.id}/${real.id}`;
}

/** Every real server in every service. A fallback is none. */
function realsOf({ services }: StatusDocument) {
  return services.flatMap((service) =>
    service.reals
      .filter(({ fallback }) => !fallback)
      .map((real) => ({ service, real }) as const),
  );
}

/** The better meaning wins: a whole name, the beginning of one, a part. */
const MEANINGS: readonly ((alias: string, name: string) => boolean)[] = [
  (alias, name) => alias === name,
  (alias, name) => alias.startsWith(name),
  (alias, name) => alias.includes(name),
];

function theOne<T extends Target>(
  targets: readonly T[],
  name: string,
  what: string,
): T {
  for (const means of MEANINGS) {
    const [first, ...more] = targets.filter((target) => isNamed(target, name, means));
    if (first === undefined) continue;
    if (more.length === 0) return first;
    throw new Error(
      `${name} could be any of these; name one: ${listed([first, ...more])}`,
    );
  }
  throw new Error(
    targets.length === 0
      ? `no ${what} ${name}: there is none at all`
      : `no ${what} ${name}; there is: ${listed(targets)}`,
  );
}

function isNamed(
  { service, real }: Target,
  name: string,
  means: (alias: string, name: string) => boolean,
): boolean {
  const slash = name.indexOf('/');
  const ofService = [service.id];
  if (real === undefined)
    return slash < 0 && ofService.some((alias) => means(alias, name));
  const ofReal = [real.id, real.address, `[${real.address}]`];
  if (slash < 0) return ofReal.some((alias) => means(alias, name));
  return (
    ofService.some((alias) => means(alias, name.slice(0, slash))) &&
    ofReal.some((alias) => means(alias, name.slice(slash + 1)))
  );
}

function listed(targets: readonly Target[]): string {
  const more = targets.length - MOST_LISTED;
  const shown = targets.slice(0, MOST_LISTED).map(fullName).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}
