import { NftError } from '../nft-program.ts';
import type { Json } from './json.ts';
import { field, list, text } from './json.ts';
import type { Listener } from './json-cutter.ts';
import { ownerOf, serviceName } from './names.ts';
import type { Nft } from './nft.ts';
import { FORWARD, forwardRules } from './offload.ts';
import { type Element, elementId, type Part, type Rule, sameRules } from './part.ts';
import { CHAINS, PLACES } from './skeleton.ts';

/** One of the skeleton's sets: nearly always empty. */
const SMALL = 'marks/ip/snat';

/** What the kernel holds under our table's name. */
export interface Found {
  /** The skeleton is as this version makes it, with that flowtable. */
  readonly sound: boolean;
  readonly parts: ReadonlyMap<string, Part>;
}

/** Whether there is a table of ours. Asks for one small set, since nft reads all that the kernel holds
 *  before it lists the tables. */
export function stands(nft: Nft, table: string): Promise<boolean> {
  const set = { family: 'inet', table, name: SMALL };
  const nothing = { item() {}, element() {} };
  return found(
    nft.list([{ list: { set } }], nothing).then(() => true),
    false,
  );
}

/** Reads all of it back.
 *  @param devices  of its flowtable
 *  @returns undefined when there is no such table */
export function readTable(
  nft: Nft,
  table: string,
  devices: readonly string[],
): Promise<Found | undefined> {
  const what = { list: { table: { family: 'inet', name: table } } };
  const assembly = assemble(devices);
  const read = nft.list([what], assembly).then(() => assembly.found());
  return found(read, undefined);
}

/** @param otherwise  what it means that the kernel has nothing of that name */
async function found<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof NftError && /No such file/.test(error.message))
      return otherwise;
    throw error;
  }
}

/** What a listing means. */
function assemble(devices: readonly string[]): Listener & { found(): Found } {
  const skeleton = new Map<string, Rule[]>();
  const places = new Set<string>();
  const parts = new Map<string, Mutable>();
  const partOf = (name: string) => partIn(parts, ownerOf(name));
  const isAs = (name: string, rules: readonly Rule[]) =>
    sameRules(skeleton.get(name) ?? [], rules);
  return {
    item(item) {
      const chain = text(field(item, 'chain'), 'name');
      if (chain !== '') (partOf(chain)?.chains ?? skeleton).set(chain, []);
      const rule = field(item, 'rule');
      const home = text(rule, 'chain');
      const comment = text(rule, 'comment');
      (partOf(home)?.chains ?? skeleton).get(home)?.push({ expr: [], comment });
      const set = setOf(item);
      const name = text(set, 'name');
      partOf(name)?.sets.set(name, text(set, 'type'));
      if (PLACES.has(name)) places.add(name);
    },
    element(told, item) {
      const element = elementOf(text(setOf(item), 'name'), told);
      const part = element && partIn(parts, ownerOfElement(element));
      if (part) part.elements.set(elementId(element), element);
    },
    found() {
      const sound =
        places.size === PLACES.size &&
        [...CHAINS].every(([name, { rules }]) => isAs(name, rules)) &&
        isAs(FORWARD, forwardRules(devices));
      return { sound, parts };
    },
  };
}

function setOf(item: Json): Json | undefined {
  return field(item, 'set') ?? field(item, 'map');
}

interface Mutable {
  readonly chains: Map<string, Rule[]>;
  readonly sets: Map<string, string>;
  readonly elements: Map<string, Element>;
}

function partIn(
  parts: Map<string, Mutable>,
  owner: string | undefined,
): Mutable | undefined {
  if (owner === undefined) return undefined;
  let part = parts.get(owner);
  if (!part) {
    part = {
      chains: new Map(),
      sets: new Map(),
      elements: new Map(),
    };
    parts.set(owner, part);
  }
  return part;
}

/** Of a map by what it leads to, of a counter by its comment, of another set by its key. */
function ownerOfElement({ place, key, value, owner }: Element): string | undefined {
  if (owner !== undefined) return ownerOf(owner);
  if (value !== undefined) return ownerOf(text(field(value, 'goto'), 'target'));
  const [first, protocol, port] = list(key, 'concat').map(String);
  if (place.startsWith('marks/ip/')) return `fwm/${key}`;
  if (place.startsWith('marks/ip6/')) return `fwm6/${key}`;
  if (protocol !== 'tcp' && protocol !== 'udp') return undefined;
  return serviceName({
    protocol,
    address: first,
    port: Number(port ?? 0),
    fwmark: undefined,
    family: 'inet', // It is for marks only.
  });
}

/** Of a map a pair, of a set a key; undefined: of none that is ours. */
function elementOf(place: string, told: Json): Element | undefined {
  const kind = PLACES.get(place)?.kind;
  if (kind === undefined) return undefined;
  if (kind !== 'verdicts') return { place, value: undefined, ...memberOf(told) };
  const [key, value] = Array.isArray(told) ? (told as readonly Json[]) : [];
  return key === undefined ? undefined : { place, key, value };
}

/** A set's element as nft prints it: its key, or an object where there is more to tell. */
function memberOf(one: Json): Pick<Element, 'key' | 'owner'> {
  const more = field(one, 'elem');
  if (more === undefined) return { key: one };
  const key = field(more, 'val') ?? null;
  const owner = text(more, 'comment');
  return owner === '' ? { key } : { key, owner };
}
