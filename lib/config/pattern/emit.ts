import { setSource } from './byte-set.ts';
import { maybeEmpty, references, width } from './measure.ts';
import { InvalidPattern, type Node, Untranslatable } from './syntax.ts';

/** Longest text that Perl's lookbehind looks at. */
const LOOKBEHIND = 255;

interface Emission {
  /** Groups that something refers to; others need not capture. */
  readonly wanted: ReadonlySet<number>;
  /** Groups that surely have matched when the place is reached. JavaScript takes one that has
   *  not for the empty text, Perl fails there. */
  set: ReadonlySet<number>;
  atomics: number;
  behind: boolean;
  /** Inside of something atomic: what is tried first decides. */
  final: boolean;
}

/** JavaScript source, for no flags, with the meaning of the tree.
 *  @throws InvalidPattern, Untranslatable */
export function emitPattern(node: Node): string {
  return emit(node, {
    wanted: references(node),
    set: new Set(),
    atomics: 0,
    behind: false,
    final: false,
  });
}

function emit(node: Node, state: Emission): string {
  switch (node.type) {
    case 'byte':
      return setSource(node.set);
    case 'sequence':
      return (
        node.items.map((item) => enclosed(item, state, 'choice')).join('') || '(?:)'
      );
    case 'choice':
      return emitChoice(node.branches, state);
    case 'repeat':
      return emitRepeat(node, state);
    case 'capture':
      return emitCapture(node, state);
    case 'atomic':
      return emitAtomic(node.item, state);
    case 'look':
      return emitLook(node, state);
    case 'assertion':
      return node.source;
    case 'reference':
      return emitReference(node.to, state);
    default: {
      const never: never = node;
      return never;
    }
  }
}

function enclosed(
  node: Node,
  state: Emission,
  ...types: readonly Node['type'][]
): string {
  const source = emit(node, state);
  return types.includes(node.type) ? `(?:${source})` : source;
}

function emitChoice(branches: readonly Node[], state: Emission): string {
  const before = state.set;
  const after: ReadonlySet<number>[] = [];
  const sources = branches.map((branch) => {
    state.set = before;
    const source = emit(branch, state);
    after.push(state.set);
    return source;
  });
  const [first = before, ...others] = after;
  state.set = new Set(
    [...first].filter((group) => others.every((set) => set.has(group))),
  );
  return sources.join('|');
}

function emitRepeat(node: Node & { readonly type: 'repeat' }, state: Emission): string {
  if (node.mode === 'possessive') return emitAtomic({ ...node, mode: 'greedy' }, state);
  // An empty round ends a loop in Perl; JavaScript goes back and tries for a longer one.
  if (state.final && node.max > 1 && maybeEmpty(node.item))
    throw new Untranslatable(
      'a repeated part that may be empty in an atomic group or possessive quantifier',
    );
  const before = state.set;
  const source = emit(node.item, state);
  if (node.min > node.max) return '(?!)';
  if (node.min === 0) state.set = before;
  const item = node.item.type === 'byte' ? source : `(?:${source})`;
  return `${item}${bounds(node.min, node.max)}${node.mode === 'lazy' ? '?' : ''}`;
}

function bounds(min: number, max: number): string {
  if (max === Infinity) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (min === 0 && max === 1) return '?';
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

function emitCapture(
  { item, number }: Node & { readonly type: 'capture' },
  state: Emission,
): string {
  const source = emit(item, state);
  if (!state.wanted.has(number)) return `(?:${source})`;
  state.set = new Set([...state.set, number]);
  return `(?<g${number}>${source})`;
}

/** A lookahead is left as soon as it has matched, for good; what it found is then consumed. */
function emitAtomic(item: Node, state: Emission): string {
  if (state.behind)
    throw new Untranslatable(
      'an atomic group or possessive quantifier in a lookbehind',
    );
  const name = `a${++state.atomics}`;
  const { final } = state;
  state.final = true;
  const source = emit(item, state);
  state.final = final;
  return `(?=(?<${name}>${source}))\\k<${name}>`;
}

function emitLook(node: Node & { readonly type: 'look' }, state: Emission): string {
  if (node.behind && width(node.item) > LOOKBEHIND)
    throw new InvalidPattern(
      `a lookbehind looks at more than ${LOOKBEHIND} characters`,
    );
  const { set, behind } = state;
  state.behind ||= node.behind;
  const source = emit(node.item, state);
  state.behind = behind;
  if (node.negative) state.set = set;
  return `(?${node.behind ? '<' : ''}${node.negative ? '!' : '='}${source})`;
}

function emitReference(to: number, state: Emission): string {
  if (state.behind) throw new Untranslatable('a reference in a lookbehind');
  if (!state.set.has(to))
    throw new Untranslatable('a reference to a group that may not have matched');
  return `\\k<g${to}>`;
}
