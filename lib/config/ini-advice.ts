import { isIPv6 } from 'node:net';
import { network } from '../model/networks.ts';
import type { VirtualService } from '../model/virtual-service.ts';
import { canonical } from './connection-values.ts';
import type { Findings } from './findings.ts';
import { saysDefault } from './ini-idle.ts';
import type { IniKey } from './ini-keys/ini-key.ts';
import { INI_KEYS, type IniKeyName, type IniValues } from './ini-keys.ts';
import type { IniSection } from './ini-lines.ts';

/** What the ini says of a service, its own section and the common ones together. */
interface Told {
  readonly service: VirtualService;
  readonly values: IniValues;
}

/** One thing that is accepted and hardly meant. */
interface Advice {
  readonly key: IniKeyName;
  /** Another key that makes it so: its section is told of where the first one is not in it. */
  readonly or?: IniKeyName;
  /** What stands in a common section is told of only where it is so for each service that it is for: for some
   *  it may be meant. */
  readonly forAll?: true;
  /** In words, the same for services to which the same happens; undefined: it is fine. */
  readonly saying: (told: Told) => string | undefined;
}

const ADVICE: readonly Advice[] = [
  {
    key: 'queue',
    forAll: true,
    saying: ({ service: { options, reals } }) =>
      options.serverConnections > 0 ||
      options.serviceConnections > 0 ||
      reals.some(({ upper }) => upper > 0)
        ? undefined
        : 'nobody would ever wait, as nothing is capped: expected a cap too, as in "server-connections = 200"',
  },
  ...(['sni-default', 'sni-timeout'] as const).map((key) => ({
    key,
    saying: ({ service: { options } }: Told) =>
      options.sni.length > 0
        ? undefined
        : 'it does nothing without sni: expected names too, as in "sni = www.example.com 10.1.1.19:8443"',
  })),
  {
    key: 'rebalance',
    forAll: true,
    saying: ({ service: { persistent } }) =>
      persistent === undefined
        ? undefined
        : 'it leaves a service with persistent alone, as its clients would be led back to where they were: expected it for another one, and here "rebalance = no"',
  },
  ...(['agent-send', 'agent-interval'] as const).map((key) => ({
    key,
    forAll: true as const,
    saying: ({ service: { options } }: Told) =>
      options.agentPort > 0
        ? undefined
        : 'it does nothing without agent-port: expected the port too, as in "agent-port = 9990"',
  })),
  {
    key: 'passive-hold',
    forAll: true,
    saying: ({ service: { options } }) =>
      options.passive
        ? undefined
        : 'it does nothing without passive: expected that too, as in "passive = 5/30s"',
  },
  {
    key: 'source',
    saying: ({ values: { source = [] } }) => {
      const twice = twiceIn(source);
      return twice && `${twice} is there twice: expected each address once`;
    },
  },
  {
    key: 'source',
    forAll: true,
    saying: ({ service: { family }, values: { source = [] } }) => {
      const isSix = family === 'inet6';
      const strange = source.find((one) => isIPv6(one) !== isSix);
      return (
        strange &&
        `${strange} is of another family than the real servers, which are never dialled from it: expected ${isSix ? 'IPv6' : 'IPv4'} addresses alone`
      );
    },
  },
  {
    key: 'allow',
    or: 'deny',
    saying: ({ values: { allow = [], deny = [] } }) => {
      const twice = inBoth(allow, deny);
      return (
        twice &&
        `${twice} is in deny too, which goes before: expected each network in one of them`
      );
    },
  },
  {
    key: 'deny',
    saying: ({ service: { family }, values: { deny = [] } }) => {
      const all = everybodyIn(deny).find(
        (one) => isSixNetwork(one) === (family === 'inet6'),
      );
      return (
        all &&
        `${all} is everybody, in allow or not, so that no client is let in: expected those alone who are to be refused, as in "deny = 192.0.2.0/24"`
      );
    },
  },
  {
    key: 'accept-proxy',
    saying: ({ values: { 'accept-proxy': proxies = [] } }) => {
      const [all] = everybodyIn(proxies);
      return (
        all &&
        `${all} is everybody, and each client may say who it is: expected the addresses of the proxies alone, as in "accept-proxy = 10.1.1.5"`
      );
    },
  },
];

/** What the ini says, and where. */
interface IniParts {
  readonly sections: readonly IniSection[];
  /** What holds for a service. */
  readonly valuesOf: (id: string) => IniValues;
}

/** Warns, once a line, of values that do nothing with what else there is, or more than is meant. What says the default
 *  is never told of: an ini may write down all of them. */
export function adviseOnKeys(
  services: readonly VirtualService[],
  { sections, valuesOf }: IniParts,
  findings: Findings,
): void {
  const lineIn = linesOf(sections);
  const told = services.map((service) => ({ service, values: valuesOf(service.id) }));
  for (const advice of ADVICE) {
    const { key, forAll } = advice;
    const all = told.flatMap((one) => verdictOn(one, advice, lineIn));
    const warn = (line: number | undefined, words: string | undefined) => {
      if (line !== undefined && words !== undefined)
        findings.warn(line, `${key}: ${words}`);
    };
    for (const { line, words } of all) warn(line, words);
    const common = all.filter(({ line }) => line === undefined);
    const { words } = common.find((one) => one.words !== undefined) ?? {};
    const isMeant = forAll && common.some((one) => one.words !== words);
    if (!isMeant) warn(lineIn(INI_KEYS[key].section, key), words);
  }
}

interface Verdict {
  /** In the service's own section; undefined: a common one holds. */
  readonly line: number | undefined;
  /** Undefined: it is fine. */
  readonly words: string | undefined;
}

/** @returns none for a service that the key is not for */
function verdictOn(
  told: Told,
  { key, or = key, saying }: Advice,
  lineIn: (section: string, key: string) => number | undefined,
): readonly Verdict[] {
  const { id } = told.service;
  const row: IniKey<unknown> = INI_KEYS[key];
  if (row.only?.ids.test(id) === false) return [];
  const own = `service ${id}`;
  const isDefault = saysDefault(told.values[key], row.default);
  const words = isDefault ? undefined : saying(told);
  return [{ line: lineIn(own, key) ?? lineIn(own, or), words }];
}

/** @returns where a key stands in the section of that name; undefined: it does not */
function linesOf(
  sections: readonly IniSection[],
): (section: string, key: string) => number | undefined {
  const lines = new Map(
    sections.flatMap(({ name, keys }) =>
      keys.map(({ key, line }) => [`${name}\n${key}`, line] as const),
    ),
  );
  return (section, key) => lines.get(`${section}\n${key}`);
}

function isSixNetwork(text: string): boolean {
  return text.includes(':');
}

type List = readonly string[];

/** Computes once for a list, which many services may share, and which may be long. */
function oncePerList<T>(of: (list: List) => T): (list: List) => T {
  const known = new WeakMap<List, { readonly value: T }>();
  return (list) => {
    const found = known.get(list) ?? { value: of(list) };
    known.set(list, found);
    return found.value;
  };
}

/** The first address that is there again. */
const twiceIn = oncePerList((list) => {
  const known = new Set<string>();
  return list.find((one) => known.size === known.add(canonical(one)).size);
});

/** Those of its networks that everybody is in. */
const everybodyIn = oncePerList((list) => list.filter((text) => text.endsWith('/0')));

/** Its networks by what is equal however it is written. */
const networksIn = oncePerList(
  (list) => new Map(list.map((text) => [keyOf(text), text] as const)),
);

function keyOf(text: string): string {
  const { bytes, bits } = network(text);
  return `${bytes.join('.')}/${bits}`;
}

/** The first network, as the first list has it, that the other one has too. */
function inBoth(some: List, others: List): string | undefined {
  if (some.length === 0 || others.length === 0) return undefined;
  const [first, second] = [networksIn(some), networksIn(others)];
  const isShort = first.size <= second.size;
  for (const key of (isShort ? first : second).keys())
    if ((isShort ? second : first).has(key)) return first.get(key);
  return undefined;
}
