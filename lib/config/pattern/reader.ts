import { InvalidPattern } from './syntax.ts';

/** A place in a pattern, and what is known of the groups before it. */
export interface Reader {
  readonly text: string;
  at: number;
  /** Capture groups opened so far. */
  groups: number;
  /** How many there are in all, for `\10` and the like: a reference or an octal number. */
  readonly total: number;
  /** Numbers by name; more than one is possible. */
  readonly names: Map<string, number[]>;
  /** Names and numbers that are referred to, to be checked at the end. */
  readonly wanted: (string | number)[];
  /** How many lookarounds the place is inside of. */
  looks: number;
  /** And inside of how many groups. */
  depth: number;
}

/** A reader at the beginning. */
export function createReader(text: string, total: number): Reader {
  return {
    text,
    at: 0,
    groups: 0,
    total,
    names: new Map(),
    wanted: [],
    looks: 0,
    depth: 0,
  };
}

/** Takes the exact text if it comes next. */
export function takeText(reader: Reader, text: string): boolean {
  if (!reader.text.startsWith(text, reader.at)) return false;
  reader.at += text.length;
  return true;
}

/** Takes what the sticky expression matches at this place. */
export function take(reader: Reader, sticky: RegExp): RegExpExecArray | undefined {
  sticky.lastIndex = reader.at;
  const found = sticky.exec(reader.text);
  if (found === null) return undefined;
  reader.at += found[0].length;
  return found;
}

export function atEnd(reader: Reader): boolean {
  return reader.at >= reader.text.length;
}

/** The next character, taken.
 *  @throws InvalidPattern at the end */
export function next(reader: Reader): string {
  const character = reader.text[reader.at];
  if (character === undefined) throw new InvalidPattern('it ends too early');
  reader.at++;
  return character;
}
