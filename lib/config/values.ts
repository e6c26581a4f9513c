import type { Family } from '../model/address.ts';
import { didYouMean } from '../model/nearest.ts';

/** Receives what is worth a warning about a value that is taken all the same.
 *  @param part  of the value: it stands behind the message, unless the value is a secret */
export type Note = (message: string, part?: string) => void;

/** What a section's `virtual=` line says about it, as far as other values depend on that. */
export interface SectionKind {
  readonly family: Family;
  /** A firewall mark instead of an address. */
  readonly mark: boolean;
}

/** Reads what stands right of `=`. Takes exactly what ldirectord takes.
 *  @param section  undefined on a global line
 *  @throws RangeError saying what was expected, as in "example" */
export type ValueParser<T> = (value: string, note: Note, section?: SectionKind) => T;

/** @throws RangeError always: `expected WHAT, as in "EXAMPLE"`; an example that brings its own
 *  quotes gets none */
export function expected(what: string, example: string, hint = ''): never {
  const quoted = example.startsWith('"') ? example : `"${example}"`;
  throw new RangeError(`expected ${what}, as in ${quoted}${hint}`);
}

const YES_NO = new Map([
  ['yes', true],
  ['no', false],
]);

/** `yes` or `no` and nothing else, not even a blank behind it. */
export const yesno: ValueParser<boolean> = (value) => {
  const found = YES_NO.get(value);
  if (found !== undefined) return found;
  const bare = value.replace(/[ \t\r]*(#.*)?$/s, '').toLowerCase();
  const hint =
    YES_NO.has(bare) && bare !== value
      ? ' (nothing may follow it on the line: no blank, no carriage return, no comment; lower-case)'
      : '';
  return expected('yes or no', 'yes', hint);
};

/** What follows the digits of a number without making anybody wonder. */
const HARMLESS = /^[ \t\r]*(#.*)?$/s;

/** The first digits anywhere in the value; the rest is skipped with a warning.
 *  @returns undefined for 00 and the like where they are let through: not set
 *  @param what  "whole seconds, 1 or more" */
export function digits(
  what: string,
  example: string,
  how: { readonly zero: 'allowed' | 'refused' | 'only as 00' },
): ValueParser<number | undefined> {
  return (value, note) => {
    const text = /\d+/.exec(value)?.[0];
    if (text === undefined || isRefused(text, how.zero)) return expected(what, example);
    const number = Number(text);
    if (!value.startsWith(text) || !HARMLESS.test(value.slice(text.length)))
      note(`only its digits count: it is taken as ${number}`);
    if (number > 0 || how.zero === 'allowed') return number;
    note('it is taken as if the line were not there');
    return undefined;
  };
}

function isRefused(
  digits: string,
  zero: 'allowed' | 'refused' | 'only as 00',
): boolean {
  if (Number(digits) > 0 || zero === 'allowed') return false;
  return zero === 'refused' || digits === '0';
}

/** `"…"` right after `=`; it ends at the last quote of the line. */
export function quoted(
  what: string,
  example: string,
  how: { readonly empty: boolean } = { empty: false },
): ValueParser<string> {
  return (value, note) => {
    const found = /^"(.*)"(.*)$/s.exec(value);
    if (found === null) return expected(`${what} in double quotes`, `"${example}"`);
    const [, inside = '', behind = ''] = found;
    if (inside === '' && !how.empty) return expected(what, `"${example}"`);
    if (!HARMLESS.test(behind))
      note('what follows the last quote is ignored', behind.trim());
    return inside;
  };
}

/** The whole rest of the line, quotes included. */
export function rest(
  what: string,
  example: string,
  how: { readonly empty: boolean } = { empty: false },
): ValueParser<string> {
  return (value, note) => {
    if (value === '' && !how.empty) return expected(what, example);
    noteEnd(value, note);
    return value;
  };
}

/** In double quotes, or the whole rest of the line. */
export function quotedOrRest(what: string, example: string): ValueParser<string> {
  const whole = rest(what, example);
  const inQuotes = quoted(what, example);
  return (value, note) =>
    /^".*"/s.test(value) ? inQuotes(value, note) : whole(value, note);
}

/** Without the blanks at both ends: those of Perl's \s, not the no-break space. */
export function trimBlanks(text: string): string {
  return text.replace(/^[ \t\v\f\r\n]+|[ \t\v\f\r\n]+$/g, '');
}

/** Warns of an end that is surely not meant to belong to the value. */
export function noteEnd(value: string, note: Note): void {
  if (/[ \t]#/.test(value))
    note('the comment is part of the value; put it on a line of its own');
  else if (value.endsWith('\r'))
    note('the carriage return at its end is part of the value');
  else if (/[ \t]$/.test(value)) note('the blank at its end is part of the value');
}

/** The first run of word characters anywhere, which must be one of the words.
 *  @param run  what ldirectord takes for a word here */
export function oneOf<W extends string>(
  words: readonly W[],
  how: { readonly run?: RegExp; readonly fold?: boolean } = {},
): ValueParser<W> {
  const run = how.run ?? /[A-Za-z0-9_]+/;
  return (value, note) => {
    const found = run.exec(value)?.[0] ?? '';
    const wanted = how.fold ? found.toUpperCase() : found;
    const word = words.find((candidate) => candidate === wanted);
    if (word === undefined)
      return expected(
        `one of ${words.join(', ')}`,
        words[0] ?? '',
        didYouMean(found, words),
      );
    if (!HARMLESS.test(value.replaceAll('"', '').replace(found, '')))
      note(`only the first word counts: it is taken as ${word}`);
    return word;
  };
}
