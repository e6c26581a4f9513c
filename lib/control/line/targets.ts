import type { RealStatus, ServiceStatus, StatusDocument } from '../../model/status.ts';
import { Failure } from './command.ts';
import { FIRST_IID } from './stat-rows.ts';

/** A real server that a command names. */
export interface Target {
  readonly service: ServiceStatus;
  readonly real: RealStatus;
}

/** `SERVICE/REAL` by their ids, or by their numbers in `show stat`: `#2/#1`.
 *  @throws Failure as HAProxy words it */
export function target(status: StatusDocument, text: string | undefined): Target {
  const slash = text?.indexOf('/') ?? -1;
  if (text === undefined || slash < 0) throw new Failure("Require 'backend/server'.");
  const service = serviceOf(status, text.slice(0, slash));
  if (!service) throw new Failure('No such backend.');
  const name = text.slice(slash + 1);
  const real =
    numbered(service.reals, name, 1) ?? service.reals.find(({ id }) => id === name);
  if (!real) throw new Failure('No such server.');
  return { service, real };
}

/** A service by its id, its number, or `#` and its number; undefined: there is none. */
export function serviceOf(
  { services }: StatusDocument,
  name: string,
): ServiceStatus | undefined {
  return numbered(services, name, FIRST_IID) ?? services.find(({ id }) => id === name);
}

function numbered<T>(items: readonly T[], name: string, first: number): T | undefined {
  const number = /^#(\d+)$/.exec(name)?.[1];
  return number === undefined ? undefined : items[Number(number) - first];
}
