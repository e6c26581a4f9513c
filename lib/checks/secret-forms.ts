const CACHE_LIMIT = 4096;
const expressions = new Map<string, RegExp>();

/** Matches the word wherever it stands, each of its characters as it is or as URLs,
 *  quoted-printable, LDAP, HTML, JSON or a quoted string escape it, in either case. */
export function escapedForms(word: string): RegExp {
  const known = expressions.get(word);
  if (known !== undefined) return known;
  if (expressions.size >= CACHE_LIMIT) expressions.clear();
  // Quoted-printable breaks a line anywhere, and takes it back with "=".
  const expression = new RegExp([...word].map(formsOf).join('(?:=\\r?\\n)?'), 'giu');
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
  const bytes = [...Buffer.from(character)];
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  const forms = [
    bytes.map((byte) => `(?:[%=\\\\]|\\\\x)${twoDigits(byte)}`).join(''),
    `\\\\u${hex.padStart(4, '0')}`,
    `&#(?:0*${code}|x0*${hex});`,
    ...(Object.hasOwn(NAMED, character) ? [NAMED[character]] : []),
  ];
  // UTF-8 that was read as latin1.
  if (bytes.length > 1)
    forms.push(bytes.map((byte) => String.fromCharCode(byte)).join(''));
  // Last, as a backslash may be the beginning of the others.
  forms.push(`\\\\?${literal(character)}`);
  return `(?:${forms.join('|')})`;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function twoDigits(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

const BASE64_RUN = /[A-Za-z0-9+/_-]{2,}={0,2}/g;
/** Shorter words are found in anything; they must be all of a part. */
const LONG = 4;

/** The text with every run of base64 replaced that holds one of the words, alone or with others
 *  around it as in SASL PLAIN. */
export function withoutBase64(text: string, words: readonly string[]): string {
  return text.replace(BASE64_RUN, (run) =>
    // Something may stand before it without a blank: all four places of its beginning.
    [0, 1, 2, 3].some((from) => holds(run.slice(from), words)) ? '***' : run,
  );
}

function holds(run: string, words: readonly string[]): boolean {
  const bytes = Buffer.from(run, 'base64');
  const texts = [bytes.toString(), bytes.toString('latin1')];
  return words.some((word) =>
    texts.some((text) =>
      word.length >= LONG ? text.includes(word) : text.split(/[\0: ]/).includes(word),
    ),
  );
}
