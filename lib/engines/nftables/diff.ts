import { clientSet } from './clients.ts';
import type { Command, Json } from './json.ts';
import { type Element, NOTHING, type Part, type Rule, sameRules } from './part.ts';

/** What has to change between parts, in the order that the kernel wants. */
export interface Change {
  /** Comes before anything that refers to it. */
  readonly made: Command[];
  readonly dropped: Command[];
  /** Emptied. */
  readonly flushed: Command[];
  /** Chains and their rules from now on, after those before are gone. */
  readonly ruled: Map<string, readonly Rule[]>;
  /** Sets that are there and that those rules refer to; types by name. */
  readonly used: Map<string, string>;
  readonly put: Command[];
  /** Nothing refers to it any more. */
  readonly removed: Command[];
}

export function noChange(): Change {
  return {
    made: [],
    dropped: [],
    flushed: [],
    ruled: new Map(),
    used: new Map(),
    put: [],
    removed: [],
  };
}

/** The whole as one transaction's commands. */
export function commandsOf(table: string, change: Change): Command[] {
  const { made, dropped, flushed, ruled, put, removed } = change;
  const at = { family: 'inet', table };
  const rules = [...ruled].flatMap(([chain, own]) => [
    { flush: { chain: { ...at, name: chain } } },
    ...own.map(({ expr, comment }) => ({
      add: { rule: { ...at, chain, expr, comment } },
    })),
  ]);
  return [...made, ...dropped, ...flushed, ...rules, ...put, ...removed];
}

/** Whether nothing changes but the rules of chains that stay. */
export function onlyRules(change: Change): boolean {
  const { made, dropped, flushed, put, removed } = change;
  return [made, dropped, flushed, put, removed].every(({ length }) => length === 0);
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
      into.made.push({ add: { set: { ...at, ...clientSet(name, type) } } });
  for (const name of before.sets.keys())
    if (!after.sets.has(name)) into.removed.push({ delete: { set: { ...at, name } } });
}

function diffChains(at: At, before: Part, after: Part, into: Change): void {
  for (const [name, rules] of after.chains) {
    const known = before.chains.get(name);
    if (known && sameRules(known, rules)) continue;
    if (!known) into.made.push({ add: { chain: { ...at, name } } });
    into.ruled.set(name, rules);
    for (const [set, type] of after.sets) into.used.set(set, type);
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
  into.ruled.set(name, []);
  into.removed.unshift({ delete: { chain: { ...at, name } } });
  if (before.sets.has(name) && after.sets.has(name))
    into.flushed.push({ flush: { set: { ...at, name } } });
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

function elements(at: At, { place, key, value, owner }: Element): Json {
  const own = owner === undefined ? key : { elem: { val: key, comment: owner } };
  const elem = value === undefined ? own : [own, value];
  return { element: { ...at, name: place, elem: [elem] } };
}

function sameValue(one: Element, other: Element): boolean {
  return JSON.stringify(one.value) === JSON.stringify(other.value);
}
