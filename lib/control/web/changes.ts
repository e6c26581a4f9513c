import type { RealStatus, ServiceStatus, StatusDocument } from '../../model/status.ts';
import type { Changes, Picture, ServiceFields } from './wire.ts';

/** What the page shows of a status.
 *  @param t  milliseconds on a monotonic clock */
export function pictureOf(document: StatusDocument, t: number): Picture {
  const { version, uptimeSeconds, config, configError, services } = document;
  const { mail, webhooks, alertCommands } = document;
  const head = {
    version,
    uptimeSeconds,
    config,
    configError,
    mailProblem: mail.problem,
    webhookProblem: webhooks.problem,
    commandProblem: alertCommands.problem,
  };
  return { t, head, services };
}

/** What differs, field by field; undefined when other services or real servers are there, or in
 *  another order: then all is new. */
export function changesBetween(before: Picture, now: Picture): Changes | undefined {
  if (!sameIds(before.services, now.services)) return undefined;
  const services: Record<string, Partial<ServiceFields>> = {};
  const reals: Record<string, Record<string, Partial<RealStatus>>> = {};
  for (const [at, service] of now.services.entries()) {
    const old = before.services[at];
    if (!old || !sameIds(old.reals, service.reals)) return undefined;
    const [{ reals: oldReals, ...oldFields }, { reals: newReals, ...fields }] = [
      old,
      service,
    ];
    const own = differing(oldFields, fields);
    if (own) services[service.id] = own;
    const below = differingReals(oldReals, newReals);
    if (below) reals[service.id] = below;
  }
  return {
    t: now.t,
    head: differing(before.head, now.head) ?? {},
    services,
    reals,
  };
}

function differingReals(
  before: readonly RealStatus[],
  now: readonly RealStatus[],
): Record<string, Partial<RealStatus>> | undefined {
  let found: Record<string, Partial<RealStatus>> | undefined;
  for (const [at, real] of now.entries()) {
    const old = before[at];
    const fields = old && differing(old, real);
    if (!fields) continue;
    found ??= {};
    found[real.id] = fields;
  }
  return found;
}

function sameIds(
  before: readonly Pick<ServiceStatus, 'id'>[],
  now: readonly Pick<ServiceStatus, 'id'>[],
): boolean {
  return (
    before.length === now.length && now.every(({ id }, at) => before[at]?.id === id)
  );
}

/** Objects are taken as one value. */
function differing<T extends object>(before: T, now: T): Partial<T> | undefined {
  let found: Partial<T> | undefined;
  for (const name in now) {
    if (same(before[name], now[name])) continue;
    found ??= {};
    found[name] = now[name];
  }
  return found;
}

function same(before: unknown, now: unknown): boolean {
  if (before === now) return true;
  const comparable = typeof before === 'object' && typeof now === 'object';
  return comparable && JSON.stringify(before) === JSON.stringify(now);
}
