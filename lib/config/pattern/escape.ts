import { type ByteSet, LETTER_CLASSES, not, singleByte } from './byte-set.ts';
import { atEnd, next, type Reader, take } from './reader.ts';
import { InvalidPattern, Untranslatable } from './syntax.ts';

const CONTROLS: Readonly<Record<string, number>> = {
  t: 9,
  n: 10,
  r: 13,
  f: 12,
  e: 27,
  a: 7,
};

/** What a backslash and the characters after it stand for, where that is one byte or a class:
 *  the same inside brackets and outside. The backslash is taken already.
 *  @returns undefined when it is something else; nothing is taken then */
export function byteEscape(
  reader: Reader,
): { readonly set: ByteSet; readonly byte: number | undefined } | undefined {
  if (atEnd(reader)) throw new InvalidPattern('a backslash is at its end');
  const letter = reader.text[reader.at] ?? '';
  const named = classEscape(letter);
  if (named !== undefined) {
    reader.at++;
    return { set: named, byte: undefined };
  }
  const byte = numericEscape(reader) ?? CONTROLS[letter];
  if (byte === undefined) return undefined;
  if (byte > 255)
    throw new Untranslatable(
      'a character above \\xff: write its UTF-8 bytes, as in "\\xc3\\xa4"',
    );
  if (Object.hasOwn(CONTROLS, letter) && reader.text[reader.at] === letter) reader.at++;
  return { set: singleByte(byte), byte };
}

function classEscape(letter: string): ByteSet | undefined {
  if (letter === 'N') return undefined;
  if (Object.hasOwn(LETTER_CLASSES, letter)) return LETTER_CLASSES[letter];
  const small = LETTER_CLASSES[letter.toLowerCase()];
  return small && letter !== letter.toLowerCase() ? not(small) : undefined;
}

/** `\x41`, `\x{41}`, `\o{101}`, `\cA`, and octal numbers with a zero in front. */
function numericEscape(reader: Reader): number | undefined {
  const octal = take(reader, /0[0-7]{0,2}/y);
  if (octal) return Number.parseInt(octal[0], 8);
  const braces = take(reader, /x\{[ \t]*([0-9A-Fa-f_]*)[ \t]*\}/y);
  if (braces) return Number.parseInt(braces[1]?.replaceAll('_', '') || '0', 16);
  if (take(reader, /x\{/y))
    throw new InvalidPattern('\\x{ needs hexadecimal digits and }');
  const hex = take(reader, /x([0-9A-Fa-f]{0,2})/y);
  if (hex) return Number.parseInt(hex[1] || '0', 16);
  const long = take(reader, /o\{[ \t]*([0-7_]+)[ \t]*\}/y);
  if (long) return Number.parseInt(long[1]?.replaceAll('_', '') ?? '', 8);
  if (take(reader, /o/y)) throw new InvalidPattern('\\o needs octal digits in {}');
  if (take(reader, /c/y)) return controlEscape(reader);
  return undefined;
}

function controlEscape(reader: Reader): number {
  const character = next(reader);
  if (!/[ -~]/.test(character))
    throw new InvalidPattern('\\c needs a printable character');
  if (character === '{')
    throw new InvalidPattern('\\c{ is none of the control characters');
  return character.toUpperCase().charCodeAt(0) ^ 64;
}
