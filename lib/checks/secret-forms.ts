/** Characters in all: each is up to 16 KiB of machine code. */
const CACHE_LIMIT = 1024;
/** Longer words are mostly answers to a challenge, of which none comes twice. */
const LONGEST_CACHED = 30;
const expressions = new Map<string, RegExp>();
let cached = 0;

/** Shorter words are found in anything: they must stand by themselves. */
const LONG = 4;

/** No letter or digit stands before it, unless that is the end of an escape, and it is no part of
 *  a number with dots, such as an address. */
const BEGINS = String.raw`(?<=^|[^\p{L}\p{N}]|[%=\\][\da-f]{2}|\\(?:x..|u....|[a-z]))(?<!\d\.)`;
const ENDS = String.raw`(?![\p{L}\p{N}]|\.\d)`;

/** Without one of these a text holds a {@link PLAIN_WORD} as it is or not at all. */
const ESCAPES = /[%=\\&\u0080-\uffff]/;
const PLAIN_WORD = /^[!-~]*$/;

/** The text with the word replaced wherever it stands, a short one where it stands by itself; each of its
 *  characters as it is or as URLs, quoted-printable, LDAP, HTML, JSON or a quoted string escape it, in
 *  either case. */
export function withoutWord(text: string, word: string): string {
  return mayHold(text, word) ? text.replace(escapedForms(word), '***') : text;
}

/** Spares most texts an expression that takes milliseconds to compile: some words, such as answers to a
 *  challenge, are new each time. */
function mayHold(text: string, word: string): boolean {
  if (ESCAPES.test(text) || !PLAIN_WORD.test(word)) return true;
  return text.toLowerCase().includes(word.toLowerCase());
}

function escapedForms(word: string): RegExp {
  const known = expressions.get(word);
  if (known !== undefined) return known;
  // Quoted-printable breaks a line anywhere, and takes it back with "=".
  const forms = [...word].map(formsOf).join('(?:=\\r?\\n)?');
  const source = word.length < LONG ? `${BEGINS}${forms}${ENDS}` : forms;
  const expression = new RegExp(source, 'giu');
  if (word.length <= LONGEST_CACHED) keep(word, expression);
  return expression;
}

function keep(word: string, expression: RegExp): void {
  if (cached + word.length > CACHE_LIMIT) {
    expressions.clear();
    cached = 0;
  }
  expressions.set(word, expression);
  cached += word.length;
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
