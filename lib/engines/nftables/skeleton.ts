import { COUNTED, type Counted, countedBy } from './counters.ts';
import { type Command, concat, ct, type Json, match, meta, payload } from './json.ts';
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
  readonly hook: 'prerouting' | 'input' | 'output' | 'postrouting';
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
  /** A map to verdicts, a set whose elements count what they match, or just a set. */
  readonly kind: 'verdicts' | 'counters' | 'members';
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
    const type = shape.service(family).map((column) => column.type);
    return [
      [placeName(name, family), { type, kind: 'verdicts' }],
      [placeName(name, family, 'snat'), { type, kind: 'members' }],
      [placeName(name, family, 'offload'), { type, kind: 'members' }],
      ...COUNTED.map((what): [string, Place] => [
        placeName(name, family, what),
        { type: typesOf(name, family, what), kind: 'counters' },
      ]),
    ] satisfies [string, Place][];
  }),
);

function typesOf(name: ShapeName, family: FamilyWords, what: Counted): string[] {
  const { service, server } = countedBy(name, family, what);
  return [...service, ...server].map(({ type }) => type);
}

/** What a mark led is told by its server alone, and so is whatever else goes there. */
const isMarked = ({ name }: Kind) => name === 'marks';
const TELLING = kinds.filter((kind) => !isMarked(kind));
const LESS_TELLING = kinds.filter(isMarked);

const OPENED = rule([led(), jump('opened')]);

/** By name. `services` leads a new flow to its service's chain, `opened` counts it once it has been led
 *  somewhere (nat chains see a flow's first packet only), `bytes` every packet of it. A packet over the
 *  loopback interface has been seen as it went out. */
export const CHAINS: ReadonlyMap<string, SkeletonChain> = new Map([
  ['services', { rules: [begun(), ...kinds.map(dispatch)] }],
  ['opened', { rules: kinds.flatMap(open) }],
  ['bytes', { rules: [...TELLING, ...LESS_TELLING].flatMap(count) }],
  ['prerouting', nat('prerouting', DNAT, [rule([jump('services')])])],
  ['output', nat('output', DNAT, [rule([jump('services')])])],
  ['input', nat('input', SNAT, [OPENED])],
  [
    'postrouting',
    nat('postrouting', SNAT, [OPENED, ...chosen('snat', { masquerade: null })]),
  ],
  ['count-prerouting', filter('prerouting', [notLoopback(), led(), jump('bytes')])],
  ['count-output', filter('output', [led(), jump('bytes')])],
] satisfies [string, SkeletonChain][]);

/** What brings an empty table to where services can be put into it. */
export function skeletonCommands(table: string): Command[] {
  const at = { family: 'inet', table };
  const commands: Command[] = [{ add: { table: { family: 'inet', name: table } } }];
  for (const [name, { type, kind }] of PLACES) {
    const what = { ...at, name, type: type.length === 1 ? (type[0] ?? '') : type };
    commands.push({ add: PLACED[kind](what) });
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

const PLACED: Readonly<
  Record<Place['kind'], (what: { readonly [key: string]: Json }) => Json>
> = {
  verdicts: (what) => ({ map: { ...what, map: 'verdict' } }),
  counters: (what) => ({ set: { ...what, stmt: [{ counter: null }] } }),
  members: (what) => ({ set: what }),
};

interface Kind {
  readonly name: ShapeName;
  readonly shape: Shape;
  readonly family: FamilyWords;
}

/** A connection that was there before its first packet came here: somebody else has it, as the `net`
 *  engine what a service had open when it moved. To connection tracking, where that was off, it is
 *  new all the same. */
function begun(): Rule {
  const syn = { '&': [payload('tcp', 'flags'), 'syn'] };
  return rule([match(syn, 0), { return: null }]);
}

function dispatch({ name, shape, family }: Kind): Rule {
  const key = concat(shape.service(family).map(({ packet }) => packet));
  const data = `@${placeName(name, family)}`;
  return rule([of(family), { vmap: { key, data } }]);
}

function open({ name, family }: Kind): Rule[] {
  return PROTOCOLS.map((protocol) =>
    rule([of(family), protocol, counting(name, family, 'opened'), { return: null }]),
  );
}

function count({ name, family }: Kind): Rule[] {
  const ways = (protocol: Json, direction: string, way: 'in' | 'out') =>
    rule([
      of(family),
      protocol,
      match(ct('direction'), direction),
      counting(name, family, way),
      { accept: null },
    ]);
  return PROTOCOLS.flatMap((protocol) => [
    ways(protocol, 'original', 'in'),
    ways(protocol, 'reply', 'out'),
  ]);
}

/** Goes on where the packet is in the set, whose element has counted it then. */
function counting(name: ShapeName, family: FamilyWords, what: Counted): Json {
  const { service, server } = countedBy(name, family, what);
  const key = concat([...service, ...server].map(({ packet }) => packet));
  return match(key, `@${placeName(name, family, what)}`);
}

/** What is done with packets of flows that were led, of services that are in the set of that name. */
export function chosen(use: 'snat' | 'offload', statement: Json): Rule[] {
  return kinds.flatMap(({ name, shape, family }) => {
    const columns = name === 'marks' ? shape.service(family) : shape.flow(family);
    const key = concat(columns.map(({ packet }) => packet));
    const ours = match(key, `@${placeName(name, family, use)}`);
    return PROTOCOLS.map((protocol) =>
      rule([of(family), protocol, led(), ours, statement]),
    );
  });
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
