const CACHE_LIMIT = 4096;
const expressions = new Map<string, RegExp>();

/** Shorter words are found in anything: they must stand by themselves. */
const LONG = 4;

/** No letter or digit stands before it, unless that is the end of an escape, and it is no part of
 *  a number with dots, such as an address. */
const BEGINS = String.raw`(?<=^|[^\p{L}\p{N}]|[%=\\][\da-f]{2}|\\(?:x..|u....|[a-z]))(?<!\d\.)`;
const ENDS = String.raw`(?![\p{L}\p{N}]|\.\d)`;

/** Matches the word wherever it stands, a short one where it stands by itself; each of its
 *  characters as it is or as URLs, quoted-printable, LDAP, HTML, JSON or a quoted string escape
 *  it, in either case. */
export function escapedForms(word: string): RegExp {
  const known = expressions.get(word);
  if (known !== undefined) return known;
  if (expressions.size >= CACHE_LIMIT) expressions.clear();
  // Quoted-printable breaks a line anywhere, and takes it back with "=".
  const forms = [...word].map(formsOf).join('(?:=\\r?\\n)?');
  const source = word.length < LONG ? `${BEGINS}${forms}${ENDS}` : forms;
  const expression = new RegExp(source, 'giu');
  expressions.set(word, expression);
  return expression;
}

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  ' ': '[+_]',
};

function formsOf(character: string): string {
  const encoded = [...Buffer.from(character)];
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  const forms = [
    encoded.map(escapedByte).join(''),
    // Of Latin-1.
    ...(code > 0x7f && code < 0x100 ? [escapedByte(code)] : []),
    `\\\\u${hex.padStart(4, '0')}`,
    `&#(?:0*${code}|x0*${hex});`,
    ...(Object.hasOwn(NAMED, character) ? [NAMED[character]] : []),
  ];
  // UTF-8 that was read as latin1.
  if (encoded.length > 1)
    forms.push(encoded.map((byte) => String.fromCharCode(byte)).join(''));
  // Last, as a backslash may be the beginning of the others.
  forms.push(`\\\\?${literal(character)}`);
  return `(?:${forms.join('|')})`;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function escapedByte(byte: number): string {
  return `(?:[%=\\\\]|\\\\x)${byte.toString(16).padStart(2, '0')}`;
}

const BASE64_RUN = /[A-Za-z0-9+/_-]{2,}={0,2}/g;

/** The text with every run of base64 replaced that holds one of the words, alone or with others
 *  around it as in SASL PLAIN. */
export function withoutBase64(text: string, words: readonly string[]): string {
  const long = words.filter((word) => word.length >= LONG);
  const short = words.filter((word) => word.length < LONG);
  return text.replace(BASE64_RUN, (run) =>
    holdsLong(run, long) || holdsShort(run, short) ? '***' : run,
  );
}

/** Something may stand before it without a blank: all four places of its beginning. */
function holdsLong(run: string, words: readonly string[]): boolean {
  return [0, 1, 2, 3].some((from) => {
    const texts = textsIn(run.slice(from));
    return words.some((word) => texts.some((text) => text.includes(word)));
  });
}

/** All of a part of what an encoder wrote: else many a word of English would hold a letter. */
function holdsShort(run: string, words: readonly string[]): boolean {
  const pieces = [run, ...run.split(/[+/_-]/)].filter(isEncoded);
  const texts = pieces.flatMap(textsIn);
  const parts = texts.flatMap((text) => [text, ...text.split(/[\0: ]/)]);
  return words.some((word) => parts.includes(word));
}

function isEncoded(text: string): boolean {
  const digits = text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return Buffer.from(digits, 'base64url').toString('base64url') === digits;
}

function textsIn(base64: string): readonly string[] {
  const bytes = Buffer.from(base64, 'base64');
  return [bytes.toString(), bytes.toString('latin1')];
}
