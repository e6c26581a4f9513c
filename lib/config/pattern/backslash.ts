import { foldCase, LETTER_CLASSES, singleByte } from './byte-set.ts';
import { byteEscape } from './escape.ts';
import { next, type Reader, take } from './reader.ts';
import {
  type Flags,
  InvalidPattern,
  KEEP,
  type Node,
  Untranslatable,
} from './syntax.ts';

const END = '(?![^])';
const ASSERTIONS: Readonly<Record<string, string>> = {
  A: '(?<![^])',
  G: '(?<![^])',
  z: END,
  Z: `(?=\\n?${END})`,
  b: '\\b',
  B: '\\B',
};

const LINE_BREAK: Node = {
  type: 'atomic',
  item: {
    type: 'choice',
    branches: [
      {
        type: 'sequence',
        items: [13, 10].map((byte) => ({ type: 'byte', set: singleByte(byte) })),
      },
      { type: 'byte', set: LETTER_CLASSES.v ?? [] },
    ],
  },
};

/** What a backslash outside of brackets begins; the backslash is taken already. */
export function parseBackslash(reader: Reader, flags: Flags): Node {
  const reference = parseReference(reader, flags);
  if (reference !== undefined) return reference;
  const octal = take(reader, /[1-7][0-7]{1,2}/y);
  const byte = octal ? octalByte(octal[0]) : byteEscape(reader);
  if (byte !== undefined)
    return { type: 'byte', set: flags.i ? foldCase(byte.set) : byte.set };
  const letter = next(reader);
  if (Object.hasOwn(ASSERTIONS, letter)) return parseAssertion(reader, letter);
  return parseLetter(reader, letter, flags);
}

function octalByte(digits: string) {
  const byte = Number.parseInt(digits, 8);
  if (byte > 255) throw new Untranslatable('a character above \\377');
  return { set: singleByte(byte) };
}

function parseAssertion(reader: Reader, letter: string): Node {
  const bound =
    letter === 'b' || letter === 'B' ? take(reader, /\{([^}]*)\}?/y) : undefined;
  if (bound && /^[ \t]*(?:gcb|g|lb|sb|wb)[ \t]*$/.test(bound[1] ?? ''))
    throw new Untranslatable('\\b{...}: write \\b');
  if (bound) throw new InvalidPattern('\\b{...} names no kind of bound');
  return { type: 'assertion', source: ASSERTIONS[letter] ?? '' };
}

function parseLetter(reader: Reader, letter: string, flags: Flags): Node {
  if (letter === 'R') return LINE_BREAK;
  if (letter === 'K') {
    if (reader.looks > 0) throw new InvalidPattern('\\K in a lookaround');
    return KEEP;
  }
  if (letter === 'N') return parseNotNewline(reader);
  if (letter === 'C') throw new InvalidPattern('\\C is no longer supported');
  if (letter === 'X') throw new Untranslatable('\\X: write . instead');
  if (letter === 'p' || letter === 'P')
    throw new Untranslatable('Unicode properties: write a class, as in "[A-Za-z]"');
  const set = singleByte(letter.charCodeAt(0));
  return { type: 'byte', set: flags.i ? foldCase(set) : set };
}

/** `\N` is any byte but a newline, unless a name or a number in braces follows. */
function parseNotNewline(reader: Reader): Node {
  if (/^\{(?![ \t]*,?[ \t]*\d+[ \t]*(?:,|\}))/.test(reader.text.slice(reader.at)))
    throw new Untranslatable('\\N{...}: write the bytes, as in "\\x41"');
  return { type: 'byte', set: LETTER_CLASSES.N ?? [] };
}

const NUMBER = /([1-9]\d*)/y;
const RELATIVE = /g(?:\{[ \t]*(-?\d+)[ \t]*\}|(-?\d+))/y;
const NAME = /(?:k<(\w+)>|k'(\w+)'|[gk]\{[ \t]*([A-Za-z_]\w*)[ \t]*\})/y;

function parseReference(reader: Reader, flags: Flags): Node | undefined {
  const to = referredTo(reader);
  if (to === undefined) return undefined;
  reader.wanted.push(to);
  if (flags.i)
    throw new Untranslatable('a reference under (?i): write (?-i) around it');
  const numbers = typeof to === 'number' ? [to] : (reader.names.get(to) ?? []);
  if (numbers.length > 1)
    throw new Untranslatable('a reference to a name with several groups');
  return { type: 'reference', to: numbers[0] ?? 0 };
}

/** Number or name of the group, or undefined when it is no reference. */
function referredTo(reader: Reader): number | string | undefined {
  const plain = plainReference(reader);
  if (plain !== undefined) return plain;
  const relative = take(reader, RELATIVE);
  if (relative) return absolute(Number(relative[1] ?? relative[2]), reader);
  const name = take(reader, NAME);
  if (name) return name[1] ?? name[2] ?? name[3];
  if (take(reader, /[gk]/y)) throw new InvalidPattern('\\g and \\k need a group');
  return undefined;
}

/** `\1`; from `\10` on only with that many groups, else it is an octal number. */
function plainReference(reader: Reader): number | undefined {
  const start = reader.at;
  const digits = take(reader, NUMBER)?.[1];
  if (digits === undefined) return undefined;
  const number = Number(digits);
  if (number < 10 || number <= reader.total || /^[89]/.test(digits)) return number;
  reader.at = start;
  return undefined;
}

function absolute(group: number, reader: Reader): number {
  const number = group < 0 ? reader.groups + 1 + group : group;
  if (number < 1) throw new InvalidPattern('a reference to a group that is not there');
  return number;
}
