import type { ServerEntry } from '../../model/engine.ts';
import { isLoopback } from '../../model/loopback.ts';
import { destinationPort, type VirtualService } from '../../model/virtual-service.ts';
import { COUNTED, counterOf } from './counters.ts';
import { concat, go, type Json, match, meta, payload } from './json.ts';
import { serverName, serviceName, weightsName } from './names.ts';
import { type Element, elementId, type Part, type Rule, rule } from './part.ts';
import {
  FAMILIES,
  type FamilyWords,
  placeName,
  plain,
  SHAPES,
  type Shape,
  shapeOf,
} from './shapes.ts';
import type { Slots } from './slots.ts';
import { tellWeights } from './weights.ts';

/** What a part is made from. */
export interface Source {
  readonly service: VirtualService;
  /** Those that packets are led to; a fallback on this host is none of them. */
  readonly servers: readonly ServerEntry[];
  /** Of these servers. */
  readonly slots: Slots;
}

export interface CompileOptions {
  /** Established flows are handed on by the flowtable. */
  readonly offload?: boolean;
}

/** The hash that a client's or a destination's slot comes from; it never changes, or clients would
 *  move. */
const SEED = 0x6c34_6469;
const PREFIX_BITS = 128;

/** What should stand in the table for a service. Elements that count, and the sets of clients that persist, are
 *  there for every server of the configuration, in force or not: they outlast its leaving. */
export function compile(source: Source, options: CompileOptions = {}): Part {
  const { service, servers } = source;
  const name = serviceName(service);
  const direct = leadingAll(source);
  const chains = direct
    ? new Map<string, readonly Rule[]>()
    : leadingEach(source, name);
  const rules = direct ?? [...keeping(source, name), ...picking(source, name)];
  if (rules.length > 0) chains.set(name, rules);
  if (servers.length > 0) chains.set(weightsName(service), tellWeights(servers));
  return { chains, ...furniture(source, name, rules.length > 0, options) };
}

/** Rules that pick and lead; undefined where it takes a chain a server: clients are remembered, or
 *  the servers' ports differ. Nft reads all chains before it changes a rule. */
function leadingAll(source: Source): Rule[] | undefined {
  const { service, servers } = source;
  const [port, ...others] = new Set(servers.map((server) => mapped(service, server)));
  const manifold = service.protocol === 'fwm' && port !== undefined;
  if (service.persistent || others.length > 0 || manifold) return undefined;
  return drawing(
    source,
    ({ address }) => plain(address),
    (key, data) => ({ map: { key, data } }),
  ).flatMap((addr) => leading(service, addr, port));
}

/** A chain a server. */
function leadingEach(
  { service, servers }: Source,
  name: string,
): Map<string, readonly Rule[]> {
  const chains = new Map<string, readonly Rule[]>();
  for (const server of servers) {
    const own = serverName(name, server);
    if (chains.has(own)) continue;
    const remember = remembering(service, own);
    const lead = leading(service, plain(server.address), mapped(service, server));
    chains.set(
      own,
      lead.map(({ expr }) => rule([...remember, ...expr])),
    );
  }
  return chains;
}

/** The port that a connection's is replaced by; undefined: it stays. */
function mapped(
  service: VirtualService,
  { port }: Pick<ServerEntry, 'port'>,
): number | undefined {
  return port === 0 || port === service.port ? undefined : port;
}

/** A new flow is led there. */
function leading(
  service: VirtualService,
  addr: Json,
  port: number | undefined,
): Rule[] {
  const family = FAMILIES[service.family].ip;
  if (port === undefined) return [rule([{ dnat: { family, addr } }])];
  const protocols = service.protocol === 'fwm' ? ['tcp', 'udp'] : [service.protocol];
  return protocols.map((protocol) =>
    rule([match(meta('l4proto'), protocol), { dnat: { family, addr, port } }]),
  );
}

/** Whether new clients, not only those that persist, are led somewhere. */
export function leads({ slots }: Source): boolean {
  return slots.slots.length > 0;
}

function furniture(
  { service, servers }: Source,
  name: string,
  reached: boolean,
  { offload = false }: CompileOptions,
): Pick<Part, 'sets' | 'elements'> {
  const family = FAMILIES[service.family];
  const shape: Shape = SHAPES[shapeOf(service)];
  const sets = new Map<string, string>();
  const elements = new Map<string, Element>();
  const put = (element: Element) => {
    if (!elements.has(elementId(element))) elements.set(elementId(element), element);
  };
  const place = (use?: 'snat' | 'offload') => placeName(shapeOf(service), family, use);
  const key = concat(shape.service(family).map(({ value }) => value(service)));
  if (reached) put({ place: place(), key, value: go(name) });
  if (reached && service.options.snat)
    put({ place: place('snat'), key, value: undefined });
  if (reached && offload) put({ place: place('offload'), key, value: undefined });
  for (const server of [...servers, ...configured(service)]) {
    if (service.persistent) sets.set(serverName(name, server), family.type);
    for (const what of COUNTED)
      put({ ...counterOf(service, server, what), value: undefined, owner: name });
  }
  return { sets, elements };
}

/** Every server that the configuration has for the service and packets can be led to, the fallback
 *  last; two may be at one place. */
export function configured(
  service: VirtualService,
): { readonly address: string; readonly port: number }[] {
  const all = [...service.reals, ...(service.fallback ? [service.fallback] : [])];
  return all
    .filter(({ address }) => !isLoopback(address))
    .map((server) => ({
      address: server.address,
      port: destinationPort(service, server),
    }));
}

/** The client's time begins anew; nothing where clients do not persist. */
function remembering(service: VirtualService, own: string): Json[] {
  const { persistent: timeout } = service;
  if (!timeout) return [];
  const elem = { elem: { val: client(service, FAMILIES[service.family]), timeout } };
  return [{ set: { op: 'update', elem, set: `@${own}` } }];
}

/** Leads clients that persist. By no chain: the kernel follows each jump from each hook before it
 *  takes a changed rule. */
function keeping({ service, servers }: Source, name: string): Rule[] {
  if (!service.persistent) return [];
  const family = FAMILIES[service.family];
  return servers.flatMap((server) => {
    const own = serverName(name, server);
    const known = match(client(service, family), `@${own}`);
    const lead = leading(service, plain(server.address), mapped(service, server));
    return lead.map(({ expr }) => rule([known, ...remembering(service, own), ...expr]));
  });
}

/** The client's address, or the network that it is in. */
function client({ netmask }: VirtualService, { ip }: FamilyWords): Json {
  const address = payload(ip, 'saddr');
  if (netmask === undefined) return address;
  return { '&': [address, ip === 'ip' ? netmask : prefixMask(Number(netmask))] };
}

/** `ffff:ffff:0:0:0:0:0:0` of 32. */
function prefixMask(bits: number): string {
  const ones = '1'.repeat(bits).padEnd(PREFIX_BITS, '0');
  const words = ones.match(/.{16}/g) ?? [];
  return plain(words.map((word) => Number.parseInt(word, 2).toString(16)).join(':'));
}

function picking(source: Source, name: string): Rule[] {
  return drawing(
    source,
    (server) => go(serverName(name, server)),
    (key, data) => ({ vmap: { key, data } }),
  ).map((way) => rule([way]));
}

/** Where a new flow goes: first what draws one of the slots, and then the first of them, for a packet that is at a
 *  rule just when that is replaced. It looks in the old map for what is in force by then, finds nothing, and would be
 *  led nowhere (observed on Linux 6, half a microsecond long).
 *  @param target  what a server's slots stand for
 *  @param draw    the slot that a number says */
function drawing(
  { service, servers, slots }: Source,
  target: (server: ServerEntry) => Json,
  draw: (key: Json, data: Json) => Json,
): readonly Json[] {
  const targets = slots.slots.flatMap((index) => {
    const server = servers[index];
    return server ? [target(server)] : [];
  });
  const [first] = targets;
  if (first === undefined || targets.length === 1) return targets;
  const set = targets.map((one, slot) => [slot, one]);
  const key = drawn(slots.by, targets.length, FAMILIES[service.family]);
  return [draw(key, { set }), first];
}

function drawn(by: Slots['by'], mod: number, { ip }: FamilyWords): Json {
  const hash = (...parts: readonly Json[]): Json => ({
    jhash: { mod, expr: concat(parts), seed: SEED },
  });
  switch (by) {
    case 'turn':
      return { numgen: { mode: 'inc', mod } };
    case 'random':
      return { numgen: { mode: 'random', mod } };
    case 'source':
      return hash(payload(ip, 'saddr'));
    case 'source-port':
      return hash(payload(ip, 'saddr'), payload('th', 'sport'));
    case 'destination':
      return hash(payload(ip, 'daddr'));
    default:
      return by satisfies never;
  }
}
