/** Writes words in colour, or leaves them plain. */
export type Paint = (colour: Colour, text: string) => string;
export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** SGR parameters. Source: ECMA-48, 8.3.117. */
const CODES: Readonly<Record<Colour, string>> = {
  bold: '1',
  dim: '2',
  red: '31',
  green: '32',
  yellow: '33',
  cyan: '36',
};

/** Characters that move a cursor, hide or reverse what stands beside them: C0 and C1 controls,
 *  line separators, direction marks, and lone surrogates. */
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Cs}/gu;

export function painter(colour: boolean): Paint {
  return colour
    ? (name, text) => `\u001b[${CODES[name]}m${text}\u001b[0m`
    : (_, text) => text;
}

/** Text from outside as a terminal may show it: whatever is not printed is written as an
 *  escape, so that no real server's page can drive the operator's terminal. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escapeOne);
}

/** JSON with the same characters escaped; it reads back as the same value.
 *  @param indent  0: on one line */
export function printableJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, undefined, indent).replace(UNPRINTABLE, (found) =>
    found === '\n' ? found : unicodeEscape(found),
  );
}

/** At most `width` characters, the last an ellipsis where something is cut. */
export function cut(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  return `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** `950 B`, `1.2 kB`, `33 MB`: three digits at most, powers of 1000. */
export function humanBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0);
  return `${digits} ${units[unit]}`;
}

/** `12s`, `3m 4s`, `2h 5m`, `4d 2h`: the two largest units. */
export function humanSpan(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${whole % 60}s`;
  if (whole < 86_400)
    return `${Math.floor(whole / 3600)}h ${Math.floor((whole % 3600) / 60)}m`;
  return `${Math.floor(whole / 86_400)}d ${Math.floor((whole % 86_400) / 3600)}h`;
}

const SHORT: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function escapeOne(found: string): string {
  return SHORT[found] ?? unicodeEscape(found);
}

function unicodeEscape(found: string): string {
  return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
