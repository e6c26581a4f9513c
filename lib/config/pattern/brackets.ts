import {
  type ByteSet,
  foldCase,
  not,
  POSIX_CLASSES,
  singleByte,
  union,
} from './byte-set.ts';
import { byteEscape } from './escape.ts';
import { next, type Reader, take, takeText } from './reader.ts';
import { type Flags, InvalidPattern, Untranslatable } from './syntax.ts';

/** One thing in brackets: a byte, which may begin or end a range, or a class. */
interface Item {
  readonly set: ByteSet;
  readonly byte: number | undefined;
}

/** A class in brackets, the `[` already taken. */
export function parseBrackets(reader: Reader, flags: Flags): ByteSet {
  const negated = takeText(reader, '^');
  const sets: ByteSet[] = [];
  skipBlanks(reader, flags);
  for (let first = true; first || !takeText(reader, ']'); first = false) {
    sets.push(parseItem(reader, flags));
    skipBlanks(reader, flags);
  }
  const whole = union(sets);
  const folded = flags.i ? foldCase(whole) : whole;
  return negated ? not(folded) : folded;
}

function skipBlanks(reader: Reader, flags: Flags): void {
  if (flags.x === 2) take(reader, /[ \t]*/y);
}

function parseItem(reader: Reader, flags: Flags): ByteSet {
  const from = parseOne(reader, flags);
  const before = reader.at;
  skipBlanks(reader, flags);
  if (!takeText(reader, '-')) return from.set;
  skipBlanks(reader, flags);
  if (reader.text[reader.at] === ']') {
    reader.at = before;
    return from.set;
  }
  const to = parseOne(reader, flags);
  if (from.byte === undefined || to.byte === undefined)
    return union([from.set, to.set, singleByte(0x2d)]);
  if (from.byte > to.byte) throw new InvalidPattern('a range in brackets is backwards');
  const [first, last] = [from.byte, to.byte];
  return to.set.map((_, byte) => byte >= first && byte <= last);
}

function parseOne(reader: Reader, flags: Flags): Item {
  const posix = take(reader, /\[:(\^?)([^\]:]*):\]/y);
  if (posix) return { set: posixClass(posix, flags), byte: undefined };
  if (take(reader, /\[([.=])[^\]]*?\1\]/y))
    throw new InvalidPattern('[. .] and [= =] are reserved');
  const character = next(reader);
  if (character !== '\\') return single(character.charCodeAt(0));
  const octal = take(reader, /[0-7]{1,3}/y);
  if (octal) {
    const byte = Number.parseInt(octal[0], 8);
    if (byte > 255) throw new Untranslatable('a character above \\377');
    return single(byte);
  }
  return byteEscape(reader) ?? letterInBrackets(reader);
}

function letterInBrackets(reader: Reader): Item {
  const letter = next(reader);
  if (letter === 'b') return single(8);
  if (letter === 'p' || letter === 'P')
    throw new Untranslatable('Unicode properties: write a class, as in "[A-Za-z]"');
  if (letter === 'N') {
    if (takeText(reader, '{')) throw new Untranslatable('\\N{...}: write \\x41');
    throw new InvalidPattern('\\N in brackets must name a character');
  }
  return single(letter.charCodeAt(0));
}

function single(byte: number): Item {
  return { set: singleByte(byte), byte };
}

function posixClass([, caret, name = '']: RegExpExecArray, flags: Flags): ByteSet {
  if (!Object.hasOwn(POSIX_CLASSES, name))
    throw new InvalidPattern(`there is no class [:${name}:]`);
  const cased = flags.i && (name === 'upper' || name === 'lower');
  const set = POSIX_CLASSES[cased ? 'alpha' : name] ?? [];
  return caret ? not(set) : set;
}
