/** A set of byte values: `set[65] === true` when `A` is in it. */
export type ByteSet = readonly boolean[];

/** The bytes for which the test holds. */
export function bytesWhere(test: (byte: number) => boolean): ByteSet {
  return Array.from({ length: 256 }, (_, byte) => test(byte));
}

/** The bytes of a text, `a-z` standing for a range. */
function bytesOf(text: string): ByteSet {
  const set = new Array<boolean>(256).fill(false);
  for (const [, from = '', to = from] of text.matchAll(/(.)(?:-(.))?/gs))
    set.fill(true, from.charCodeAt(0), to.charCodeAt(0) + 1);
  return set;
}

export function not(set: ByteSet): ByteSet {
  return set.map((inside) => !inside);
}

export function union(sets: readonly ByteSet[]): ByteSet {
  return bytesWhere((byte) => sets.some((set) => set[byte]));
}

const SINGLE = Array.from({ length: 256 }, (_, byte) =>
  bytesWhere((other) => other === byte),
);

/** @param byte  0 to 255 */
export function singleByte(byte: number): ByteSet {
  return SINGLE[byte] ?? [];
}

/** With the other case of its ASCII letters. */
export function foldCase(set: ByteSet): ByteSet {
  const other = (byte: number) => (isLetter(byte) ? byte ^ 0x20 : byte);
  return bytesWhere((byte) => Boolean(set[byte] || set[other(byte)]));
}

function isLetter(byte: number): boolean {
  return /[A-Za-z]/.test(String.fromCharCode(byte));
}

/** Classes of one letter; the capital letter is the rest. `h` and `v` hold bytes above ASCII. */
export const LETTER_CLASSES: Readonly<Record<string, ByteSet>> = {
  d: bytesOf('0-9'),
  w: bytesOf('0-9A-Za-z_'),
  s: bytesOf('\t-\r '),
  h: bytesOf('\t \xa0'),
  v: bytesOf('\n-\r\x85'),
  N: not(bytesOf('\n')),
};

/** `[:name:]`. Source: perlrecharclass(1). */
export const POSIX_CLASSES: Readonly<Record<string, ByteSet>> = {
  alpha: bytesOf('A-Za-z'),
  alnum: bytesOf('0-9A-Za-z'),
  ascii: bytesOf('\0-\x7f'),
  blank: bytesOf('\t '),
  cntrl: bytesOf('\0-\x1f\x7f'),
  digit: bytesOf('0-9'),
  graph: bytesOf('!-~'),
  lower: bytesOf('a-z'),
  print: bytesOf(' -~'),
  punct: bytesOf('!-/:-@[-`{-~'),
  space: bytesOf('\t-\r '),
  upper: bytesOf('A-Z'),
  word: bytesOf('0-9A-Za-z_'),
  xdigit: bytesOf('0-9A-Fa-f'),
};

const SINGLE_SOURCE = new Map(SINGLE.map((set, byte) => [set, byteSource(byte)]));

/** JavaScript source for one byte of the set, all in ASCII. */
export function setSource(set: ByteSet): string {
  const single = SINGLE_SOURCE.get(set);
  if (single !== undefined) return single;
  const size = set.filter(Boolean).length;
  if (size === 256) return '[^]';
  if (size === 0) return '[]';
  return size > 128 ? `[^${ranges(not(set))}]` : `[${ranges(set)}]`;
}

function ranges(set: ByteSet): string {
  const parts: string[] = [];
  for (let first = 0; first < 256; first++) {
    if (!set[first]) continue;
    let last = first;
    while (set[last + 1]) last++;
    const [from, to] = [byteSource(first), byteSource(last)];
    parts.push(
      first === last ? from : last === first + 1 ? from + to : `${from}-${to}`,
    );
    first = last;
  }
  return parts.join('');
}

function byteSource(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[0-9A-Za-z _]/.test(character)
    ? character
    : `\\x${byte.toString(16).padStart(2, '0')}`;
}
