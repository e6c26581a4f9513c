import type { Config } from '../config/config.ts';
import { endpoint } from '../model/address.ts';
import type { RealsFrom } from '../model/reals-from.ts';
import type { RealServer, VirtualService } from '../model/virtual-service.ts';
import type { NameRecord, Question, SrvRecord } from './question.ts';

/** What is known of a question; undefined: nothing. */
export type Known = (question: Question) => readonly NameRecord[] | undefined;

/** All that is to be asked for a config: its names, and what the SRV records that are known lead to. Each
 *  may be there several times. */
export function questionsOf(
  { virtuals, options }: Pick<Config, 'virtuals' | 'options'>,
  known: Known,
): readonly Question[] {
  return virtuals.flatMap((service) =>
    service.options.realsFrom.flatMap((from) => {
      const own = ownQuestion(service, from);
      if (own.type !== 'SRV') return [own];
      const led = preferred(known(own) ?? []).slice(0, options.dns.maxServers);
      return [own, ...led.map(({ target }) => targetQuestion(service, target))];
    }),
  );
}

/** The config with the real servers that its names stand for behind those that it has itself and before spares and
 *  fallbacks, by address. One of the reserve that a name has is a real server. Services without names are the same
 *  objects.
 *  @param before  what came of it the last time: who is there already goes before who is new where there are too
 *                 many */
export function withServers<C extends Pick<Config, 'virtuals' | 'options'>>(
  config: C,
  known: Known,
  before?: Pick<Config, 'virtuals'>,
): C {
  const most = config.options.dns.maxServers;
  if (config.virtuals.every(({ options }) => options.realsFrom.length === 0))
    return config;
  const were = new Map(before?.virtuals.map((service) => [service.id, service]));
  const virtuals = config.virtuals.map((service) => {
    const { realsFrom } = service.options;
    if (realsFrom.length === 0) return service;
    const reals = new Map(service.reals.map((real) => [real.id, real]));
    for (const from of realsFrom) {
      const named = serversOf(service, from, known);
      for (const real of cut(named, most, were.get(service.id))) {
        const own = reals.get(real.id);
        if (!own || own.role !== undefined) reals.set(real.id, real);
      }
    }
    const all = [...reals.values()];
    const reserve = all.filter(({ role }) => role !== undefined);
    return {
      ...service,
      reals: [...all.filter((real) => !reserve.includes(real)), ...reserve],
    };
  });
  return { ...config, virtuals };
}

/** What is to be told of spares and fallbacks that names have made real servers.
 *  @param named  the config with the servers of its names */
export function takenOver(
  config: Pick<Config, 'virtuals'>,
  named: Pick<Config, 'virtuals'>,
): readonly string[] {
  return config.virtuals.flatMap((service, row) => {
    const reserve = service.reals.filter(({ role }) => role !== undefined);
    const { reals } = named.virtuals[row] ?? service;
    if (reserve.length === 0 || reals === service.reals) return [];
    const is = new Map(reals.map((real) => [real.id, real]));
    return reserve.flatMap(({ id, role }) => {
      const from = is.get(id)?.from;
      return from === undefined
        ? []
        : `Name ${from} names ${id}, a ${role} of ${service.id}: it is a real server there for as long; take it out of ${role}s`;
    });
  });
}

/** As many as may be, those first that were there. */
function cut(
  named: readonly RealServer[],
  most: number,
  was: VirtualService | undefined,
): readonly RealServer[] {
  if (named.length <= most) return named;
  const known = new Set(was?.reals.map(({ id }) => id));
  const stays = named.filter(({ id }) => known.has(id));
  const comes = named.filter(({ id }) => !known.has(id));
  return [...stays, ...comes].slice(0, most).toSorted(byPlace);
}

function ownQuestion(
  service: Pick<VirtualService, 'family'>,
  { name, port }: RealsFrom,
): Question {
  return port === undefined ? { name, type: 'SRV' } : targetQuestion(service, name);
}

function targetQuestion(
  { family }: Pick<VirtualService, 'family'>,
  name: string,
): Question {
  return { name, type: family === 'inet' ? 'A' : 'AAAA' };
}

function serversOf(
  service: VirtualService,
  from: RealsFrom,
  known: Known,
): readonly RealServer[] {
  const records = known(ownQuestion(service, from)) ?? [];
  const { name, method, port, weight = 1 } = from;
  const real = (address: string, port: number, weight: number): RealServer => ({
    id: endpoint(address, port),
    ...{ line: 0, address, port, method, weight, lower: 0, upper: 0, from: name },
  });
  const all =
    port === undefined
      ? preferred(records).flatMap((srv) =>
          addressesOf(known(targetQuestion(service, srv.target))).map((address) =>
            // 0 is for those who are hardly ever chosen, not for those who never are.
            real(address, srv.port, srv.weight || 1),
          ),
        )
      : addressesOf(records).map((address) => real(address, port, weight));
  return all
    .filter(
      ({ address, port, id }) => isUsable(address, port) && !isItself(service, id),
    )
    .toSorted(byPlace);
}

function addressesOf(records: readonly NameRecord[] = []): readonly string[] {
  return records.flatMap((record) => ('address' in record ? [record.address] : []));
}

/** Of SRV records those of the lowest priority: the others are for clients who find none of them. */
function preferred(records: readonly NameRecord[]): readonly SrvRecord[] {
  const all = records.flatMap((record) => ('target' in record ? [record] : []));
  const lowest = all.reduce((low, { priority }) => Math.min(low, priority), Infinity);
  return all.filter(({ priority }) => priority === lowest);
}

/** Addresses that nobody can have. */
const NOBODY = /^(?:0\.|2(?:2[4-9]|[3-5]\d)\.|::$|::ffff:|ff)/;

function isUsable(address: string, port: number): boolean {
  return port > 0 && !NOBODY.test(address);
}

/** Connections would go round in a circle. */
function isItself({ address, port }: VirtualService, id: string): boolean {
  return address !== undefined && id === endpoint(address, port ?? 0);
}

function byPlace(a: RealServer, b: RealServer): number {
  return a.address.localeCompare(b.address, 'en', { numeric: true }) || a.port - b.port;
}
