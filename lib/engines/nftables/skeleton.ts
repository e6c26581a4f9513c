import { type Command, concat, ct, type Json, match, meta } from './json.ts';
import { type Rule, rule } from './part.ts';
import {
  FAMILIES,
  type FamilyWords,
  placeName,
  SHAPES,
  type Shape,
  type ShapeName,
} from './shapes.ts';

/** Where a chain begins, if not by a jump. Source: nft(8), "Chains". */
interface Hook {
  readonly type: 'nat' | 'filter';
  readonly hook: 'prerouting' | 'output' | 'postrouting';
  readonly prio: number;
}

/** A chain that is there whatever the services are. */
export interface SkeletonChain {
  readonly hook?: Hook;
  readonly rules: readonly Rule[];
}

/** A map or set that services put elements in. */
interface Place {
  readonly type: readonly string[];
  /** Undefined: a set. */
  readonly map?: 'verdict' | 'counter';
}

const DNAT = -100;
const SNAT = 100;
const AFTER_NAT = 0;

/** nft knows what a flow's port is only in a rule for one of these. */
const PROTOCOLS: readonly Json[] = ['tcp', 'udp'].map((protocol) =>
  match(meta('l4proto'), protocol),
);

const shapes: readonly [ShapeName, Shape][] = Object.entries(SHAPES) as never; // Its own keys.
const kinds = shapes.flatMap(([name, shape]) =>
  Object.values(FAMILIES).map((family) => ({ name, shape, family })),
);

/** By name: which service a packet is for, what is counted for it, whose source is replaced. */
export const PLACES: ReadonlyMap<string, Place> = new Map(
  kinds.flatMap(({ name, shape, family }) => {
    const service = shape.service(family).map(({ type }) => type);
    const bytes = [...shape.flow(family), ...shape.server(family)].map(
      ({ type }) => type,
    );
    return [
      [placeName(name, family), { type: service, map: 'verdict' }],
      [placeName(name, family, 'in'), { type: bytes, map: 'counter' }],
      [placeName(name, family, 'out'), { type: bytes, map: 'counter' }],
      [placeName(name, family, 'snat'), { type: service }],
    ] satisfies [string, Place][];
  }),
);

/** By name. `services` leads a new flow to its service's chain, `bytes` counts every packet of a flow
 *  that was led somewhere. A packet over the loopback interface has been seen as it went out. */
export const CHAINS: ReadonlyMap<string, SkeletonChain> = new Map([
  ['services', { rules: kinds.map(dispatch) }],
  ['bytes', { rules: kinds.flatMap(count) }],
  ['prerouting', nat('prerouting', DNAT, [rule([jump('services')])])],
  ['output', nat('output', DNAT, [rule([jump('services')])])],
  ['postrouting', nat('postrouting', SNAT, kinds.flatMap(masquerade))],
  ['count-prerouting', filter('prerouting', [notLoopback(), led(), jump('bytes')])],
  ['count-output', filter('output', [led(), jump('bytes')])],
] satisfies [string, SkeletonChain][]);

/** What brings an empty table to where services can be put into it. */
export function skeletonCommands(table: string): Command[] {
  const at = { family: 'inet', table };
  const commands: Command[] = [{ add: { table: { family: 'inet', name: table } } }];
  for (const [name, { type, map }] of PLACES) {
    const what = { ...at, name, type: type.length === 1 ? (type[0] ?? '') : type };
    commands.push({ add: map ? { map: { ...what, map } } : { set: what } });
  }
  for (const [name, { hook }] of CHAINS) {
    const base = hook ? { ...hook, policy: 'accept' } : {};
    commands.push({ add: { chain: { ...at, name, ...base } } });
  }
  for (const [chain, { rules }] of CHAINS)
    for (const { expr, comment } of rules)
      commands.push({ add: { rule: { ...at, chain, expr, comment } } });
  return commands;
}

interface Kind {
  readonly name: ShapeName;
  readonly shape: Shape;
  readonly family: FamilyWords;
}

function dispatch({ name, shape, family }: Kind): Rule {
  const key = concat(shape.service(family).map(({ packet }) => packet));
  const data = `@${placeName(name, family)}`;
  return rule([of(family), { vmap: { key, data } }]);
}

function count({ name, shape, family }: Kind): Rule[] {
  const columns = [...shape.flow(family), ...shape.server(family)];
  const key = concat(columns.map(({ packet }) => packet));
  const counting = (protocol: Json, direction: string, way: 'in' | 'out') =>
    rule([
      protocol,
      match(ct('direction'), direction),
      { counter: { map: { key, data: `@${placeName(name, family, way)}` } } },
      { accept: null },
    ]);
  return PROTOCOLS.flatMap((protocol) => [
    counting(protocol, 'original', 'in'),
    counting(protocol, 'reply', 'out'),
  ]);
}

function masquerade({ name, shape, family }: Kind): Rule[] {
  const told = name === 'marks' ? shape.service(family) : shape.flow(family);
  const key = concat(told.map(({ packet }) => packet));
  const ours = match(key, `@${placeName(name, family, 'snat')}`);
  return PROTOCOLS.map((protocol) =>
    rule([of(family), protocol, led(), ours, { masquerade: null }]),
  );
}

function nat(hook: Hook['hook'], prio: number, rules: readonly Rule[]): SkeletonChain {
  return { hook: { type: 'nat', hook, prio }, rules };
}

function filter(hook: Hook['hook'], expr: readonly Json[]): SkeletonChain {
  return { hook: { type: 'filter', hook, prio: AFTER_NAT }, rules: [rule(expr)] };
}

function jump(target: string): Json {
  return { jump: { target } };
}

function of({ nfproto }: FamilyWords): Json {
  return match(meta('nfproto'), nfproto);
}

/** Its destination was replaced: by us, or by somebody else. */
function led(): Json {
  return match(ct('status'), 'dnat', 'in');
}

function notLoopback(): Json {
  return match(meta('iifname'), 'lo', '!=');
}
