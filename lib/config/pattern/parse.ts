import { parseBackslash } from './backslash.ts';
import { parseBrackets } from './brackets.ts';
import { foldCase, LETTER_CLASSES, singleByte } from './byte-set.ts';
import { type Opening, parseOpening } from './group.ts';
import { atEnd, createReader, next, type Reader, take, takeText } from './reader.ts';
import {
  EMPTY,
  type Flags,
  InvalidPattern,
  KEEP,
  NEVER,
  NO_FLAGS,
  type Node,
  Untranslatable,
} from './syntax.ts';

/** A parsed pattern. */
export interface Parsed {
  readonly node: Node;
  readonly names: ReadonlyMap<string, readonly number[]>;
}

/** Parses Perl's syntax, as version 5.34 and later have it.
 *  @throws InvalidPattern, Untranslatable */
export function parsePattern(text: string): Parsed {
  const draft = parseWith(text, 0);
  // Whether \10 is a reference depends on how many groups there are in all.
  return /\\[1-9]\d/.test(text) ? parseWith(text, draft.groups) : draft;
}

function parseWith(text: string, total: number): Parsed & { readonly groups: number } {
  const reader = createReader(text, total);
  const node = parseChoice(reader, NO_FLAGS);
  if (!atEnd(reader)) throw new InvalidPattern('a ) has no (');
  for (const wanted of reader.wanted) {
    const known =
      typeof wanted === 'number' ? wanted <= reader.groups : reader.names.has(wanted);
    if (!known) throw new InvalidPattern(`there is no group ${wanted}`);
  }
  return { node, names: reader.names, groups: reader.groups };
}

const ANY: Node = { type: 'byte', set: new Array<boolean>(256).fill(true) };
const NO_NEWLINE: Node = { type: 'byte', set: LETTER_CLASSES.N ?? [] };

/** Alternatives up to `)` or the end. Flags set in one hold in those after it too. */
function parseChoice(reader: Reader, outer: Flags): Node {
  if (++reader.depth > DEPTH)
    throw new InvalidPattern('its groups are nested too deeply');
  const branches: Node[] = [];
  let flags = outer;
  do {
    const branch = parseBranch(reader, flags);
    flags = branch.flags;
    branches.push(sequence(branch.items));
  } while (takeText(reader, '|'));
  reader.depth--;
  return branches.length === 1 ? (branches[0] ?? EMPTY) : { type: 'choice', branches };
}

/** One alternative; the flags are those at its end. */
function parseBranch(
  reader: Reader,
  outer: Flags,
): { readonly items: readonly Node[]; readonly flags: Flags } {
  const items: Node[] = [];
  let flags = outer;
  skipIgnored(reader, flags);
  while (!atEnd(reader) && !/[|)]/.test(reader.text[reader.at] ?? '')) {
    const opening = takeText(reader, '(') ? parseOpening(reader, flags) : undefined;
    if (opening?.type === 'flags') flags = opening.flags;
    else items.push(quantified(reader, atomOf(reader, opening, flags), flags));
    skipIgnored(reader, flags);
  }
  return { items, flags };
}

/** Perl's limit. */
const DEPTH = 1000;

function sequence(items: readonly Node[]): Node {
  return items.length === 1 ? (items[0] ?? EMPTY) : { type: 'sequence', items };
}

function atomOf(
  reader: Reader,
  opening: Exclude<Opening, { type: 'flags' }> | undefined,
  flags: Flags,
): Node {
  if (opening === undefined) return parseAtom(reader, flags);
  if (opening.type === 'never') return NEVER;
  if (opening.look) reader.looks++;
  const item = parseChoice(reader, opening.inside);
  if (opening.look) reader.looks--;
  if (!takeText(reader, ')')) throw new InvalidPattern('a ( has no )');
  return opening.wrap(item);
}

/** Blanks and comments under x, and `(?#...)`. */
function skipIgnored(reader: Reader, flags: Flags): void {
  take(
    reader,
    flags.x ? /(?:[\t-\r \x85]|#[^\n]*(?:\n|$)|\(\?#[^)]*\))*/y : /(?:\(\?#[^)]*\))*/y,
  );
  if (reader.text.startsWith('(?#', reader.at))
    throw new InvalidPattern('a (?# has no )');
}

const START = '(?<![^])';
const END = '(?![^])';
const SIMPLE: Readonly<Record<string, (flags: Flags) => Node>> = {
  '.': (flags) => (flags.s ? ANY : NO_NEWLINE),
  '^': ({ m }) => assertion(m ? `(?:${START}|(?<=\\n)(?=[^]))` : START),
  $: ({ m }) => assertion(m ? `(?=\\n|${END})` : `(?=\\n?${END})`),
};

function assertion(source: string): Node {
  return { type: 'assertion', source };
}

function parseAtom(reader: Reader, flags: Flags): Node {
  if (take(reader, /[*+?]/y)) throw new InvalidPattern('a quantifier follows nothing');
  const character = next(reader);
  if (character === '\\') return parseBackslash(reader, flags);
  if (character === '[') return { type: 'byte', set: parseBrackets(reader, flags) };
  const simple = Object.hasOwn(SIMPLE, character) ? SIMPLE[character] : undefined;
  if (simple !== undefined) return simple(flags);
  if (
    character === '{' &&
    /\\[A-Za-z]$/.test(reader.text.slice(Math.max(0, reader.at - 3), reader.at - 1))
  )
    throw new InvalidPattern('a { after a letter with a backslash must be written \\{');
  const set = singleByte(character.charCodeAt(0));
  return { type: 'byte', set: flags.i ? foldCase(set) : set };
}

const BOUNDS = '\\{[ \\t]*(\\d*)[ \\t]*(?:(,)[ \\t]*(\\d*)[ \\t]*)?\\}';
const QUANTIFIER = new RegExp(`[*+?]|(?=\\{[ \\t]*,?[ \\t]*\\d)${BOUNDS}`, 'y');
/** Perl's limit. */
const MOST = 65_534;

function quantified(reader: Reader, item: Node, flags: Flags): Node {
  skipIgnored(reader, flags);
  const found = take(reader, QUANTIFIER);
  if (found === undefined) return item;
  const [min, max] = boundsOf(found);
  if (min > MOST || (max > MOST && max !== Infinity))
    throw new InvalidPattern(`a quantifier is above ${MOST}`);
  if (item === KEEP && max === Infinity)
    throw new Untranslatable('a \\K that is repeated: write it once');
  if (min > max) return { type: 'repeat', item, min, max, mode: 'greedy' };
  skipIgnored(reader, flags);
  const mode = MODES[take(reader, /[?+]/y)?.[0] ?? ''] ?? 'greedy';
  skipIgnored(reader, flags);
  if (take(reader, QUANTIFIER))
    throw new InvalidPattern('a quantifier follows another');
  return { type: 'repeat', item, min, max, mode };
}

const MODES: Readonly<Record<string, 'lazy' | 'possessive'>> = {
  '?': 'lazy',
  '+': 'possessive',
};

function boundsOf([sign = '', low = '', comma, high = '']: RegExpExecArray): [
  number,
  number,
] {
  if (sign === '*') return [0, Infinity];
  if (sign === '+') return [1, Infinity];
  if (sign === '?') return [0, 1];
  const min = Number(low);
  return [min, comma === undefined ? min : high === '' ? Infinity : Number(high)];
}
