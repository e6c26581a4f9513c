import type { ServerEntry, ServiceEntry, ServiceTable } from '../../model/engine.ts';
import type { VirtualService } from '../../model/virtual-service.ts';
import { type HeldService, type HeldTable, sameServer, schedule } from './held.ts';
import {
  scheduleWords,
  serverKey,
  serverWords,
  serviceKey,
  serviceWords,
} from './words.ts';

/** One call of ipvsadm. */
export interface Call {
  /** Id of the service that it is about. */
  readonly service: string;
  /** `ADDRESS:PORT` of the real server; undefined: it is about the service itself. */
  readonly server: string | undefined;
  readonly words: readonly string[];
}

/** What leads from the table that the kernel holds to the wanted one: nothing where they are equal.
 *  Services of others are left alone.
 *  @param gone  of ours, to be removed
 *  @param sent  {@link scheduleText} of the services that this run has made or edited; another one
 *               is edited whatever the list says, since not all of it is shown there */
export function callsTo(
  table: ServiceTable,
  gone: readonly VirtualService[],
  held: HeldTable,
  sent: ReadonlyMap<string, string>,
): readonly Call[] {
  const calls: Call[] = [];
  for (const service of gone)
    calls.push(...removal(service, held.get(serviceKey(service))));
  for (const entry of table) {
    const there = held.get(serviceKey(entry.service));
    calls.push(...serviceCalls(entry, there, sent.get(entry.service.id)));
  }
  return calls;
}

/** All that a service was told of how to schedule. */
export function scheduleText(service: VirtualService): string {
  return scheduleWords(service).join(' ');
}

/** The service, then its real servers in the order of the config, then those that leave it: it is
 *  never without a server while one takes over from another. */
function serviceCalls(
  entry: ServiceEntry,
  held: HeldService | undefined,
  sent: string | undefined,
): readonly Call[] {
  const { service } = entry;
  const about = serviceWords(service);
  const call = (
    verb: string,
    server: string | undefined,
    words: readonly string[],
  ): Call => ({ service: service.id, server, words: [verb, ...about, ...words] });
  const calls: Call[] = [];
  const verb = serviceVerb(service, held, sent);
  if (verb) calls.push(call(verb, undefined, scheduleWords(service)));
  const wanted = destinations(entry);
  for (const [place, server] of wanted) {
    const there = held?.reals.get(place);
    if (there && sameServer(there, server)) continue;
    calls.push(call(there ? '-e' : '-a', place, serverWords(server)));
  }
  for (const place of held?.reals.keys() ?? [])
    if (!wanted.has(place)) calls.push(call('-d', place, ['-r', place]));
  return calls;
}

function serviceVerb(
  service: VirtualService,
  held: HeldService | undefined,
  sent: string | undefined,
): '-A' | '-E' | undefined {
  if (!held) return '-A';
  const same = held.schedule === schedule(service) && sent === scheduleText(service);
  return same ? undefined : '-E';
}

/** The kernel takes its real servers out with it. */
function removal(
  service: VirtualService,
  held: HeldService | undefined,
): readonly Call[] {
  if (!held) return [];
  const words = ['-D', ...serviceWords(service)];
  return [{ service: service.id, server: undefined, words }];
}

/** What IPVS knows as one destination may be several servers of a config: with gate and ipip the
 *  port is the service's. The heaviest counts, as long as one of them is up; by its place. */
export function destinations({
  servers,
}: ServiceEntry): ReadonlyMap<string, ServerEntry> {
  const destinations = new Map<string, ServerEntry>();
  for (const server of servers) {
    const place = serverKey(server);
    const known = destinations.get(place);
    if (!known || server.weight > known.weight) destinations.set(place, server);
  }
  return destinations;
}
