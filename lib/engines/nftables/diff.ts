import type { Command, Json } from './json.ts';
import { type Element, NOTHING, type Part, type Rule, sameRules } from './part.ts';

/** Most clients that a set of them remembers. */
const MOST_CLIENTS = 1_048_576;

/** What has to change between parts, in the order that the kernel wants. */
export interface Change {
  /** Comes before anything that refers to it. */
  readonly made: Command[];
  readonly dropped: Command[];
  readonly ruled: Command[];
  readonly put: Command[];
  /** Nothing refers to it any more. */
  readonly removed: Command[];
}

export function noChange(): Change {
  return { made: [], dropped: [], ruled: [], put: [], removed: [] };
}

/** The whole as one transaction's commands. */
export function commandsOf(change: Change): Command[] {
  const { made, dropped, ruled, put, removed } = change;
  return [...made, ...dropped, ...ruled, ...put, ...removed];
}

/** Adds what leads from one state of a service to another; what is the same is not touched.
 *  @param before  undefined: it is not in the table
 *  @param after   undefined: it should not be */
export function diff(
  table: string,
  before: Part = NOTHING,
  after: Part = NOTHING,
  into: Change,
): void {
  const at = { family: 'inet', table };
  diffSets(at, before, after, into);
  diffChains(at, before, after, into);
  diffElements(at, before, after, into);
}

interface At {
  readonly family: string;
  readonly table: string;
}

function diffSets(at: At, before: Part, after: Part, into: Change): void {
  for (const [name, type] of after.sets)
    if (!before.sets.has(name))
      into.made.push({ add: { set: clients(at, name, type) } });
  for (const name of before.sets.keys())
    if (!after.sets.has(name)) into.removed.push({ delete: { set: { ...at, name } } });
}

function clients(at: At, name: string, type: string): Json {
  return { ...at, name, type, size: MOST_CLIENTS, flags: ['timeout'] };
}

function diffChains(at: At, before: Part, after: Part, into: Change): void {
  for (const [name, rules] of after.chains) {
    const known = before.chains.get(name);
    if (known && sameRules(known, rules)) continue;
    if (known) into.ruled.push({ flush: { chain: { ...at, name } } });
    else into.made.push({ add: { chain: { ...at, name } } });
    into.ruled.push(...rules.map((rule) => added(at, name, rule)));
  }
  for (const name of before.chains.keys())
    if (!after.chains.has(name)) removeChain(at, name, before, after, into);
}

/** A server that left has nobody to remember: its set is emptied, lest a client goes back to it. The
 *  service's chain is the last of its part, and the first that goes. */
function removeChain(
  at: At,
  name: string,
  before: Part,
  after: Part,
  into: Change,
): void {
  into.ruled.push({ flush: { chain: { ...at, name } } });
  into.removed.unshift({ delete: { chain: { ...at, name } } });
  if (before.sets.has(name) && after.sets.has(name))
    into.ruled.push({ flush: { set: { ...at, name } } });
}

function added(at: At, chain: string, { expr, comment }: Rule): Command {
  return { add: { rule: { ...at, chain, expr, comment } } };
}

function diffElements(at: At, before: Part, after: Part, into: Change): void {
  for (const [id, element] of after.elements) {
    const known = before.elements.get(id);
    if (known && sameValue(known, element)) continue;
    if (known) into.dropped.push({ delete: elements(at, known) });
    into.put.push({ add: elements(at, element) });
  }
  for (const [id, element] of before.elements)
    if (!after.elements.has(id)) into.dropped.push({ delete: elements(at, element) });
}

function elements(at: At, { place, key, value, owner, told }: Element): Json {
  const comment = told === undefined ? owner : `${owner} ${told}`;
  const own = comment === undefined ? key : { elem: { val: key, comment } };
  const elem = value === undefined ? own : [own, value];
  return { element: { ...at, name: place, elem: [elem] } };
}

function sameValue(one: Element, other: Element): boolean {
  return (
    one.told === other.told && JSON.stringify(one.value) === JSON.stringify(other.value)
  );
}
