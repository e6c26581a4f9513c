import { type Reader, take } from './reader.ts';
import {
  type Flags,
  InvalidPattern,
  NO_FLAGS,
  type Node,
  Untranslatable,
} from './syntax.ts';

/** What a `(` with the characters after it begins. */
export type Opening =
  | { readonly type: 'flags'; readonly flags: Flags }
  | { readonly type: 'never' }
  | {
      readonly type: 'group';
      readonly inside: Flags;
      readonly look: boolean;
      readonly wrap: (item: Node) => Node;
    };

const LOOKS: Readonly<
  Record<string, { readonly behind: boolean; readonly negative: boolean }>
> = {
  '=': { behind: false, negative: false },
  '!': { behind: false, negative: true },
  '<=': { behind: true, negative: false },
  '<!': { behind: true, negative: true },
};

/** `(*pla:` and its like. Source: perlre(1). */
const WORDS: Readonly<Record<string, string>> = {
  pla: '=',
  positive_lookahead: '=',
  nla: '!',
  negative_lookahead: '!',
  plb: '<=',
  positive_lookbehind: '<=',
  nlb: '<!',
  negative_lookbehind: '<!',
  atomic: '>',
};

/** Reads on after a `(`, which is taken already. */
export function parseOpening(reader: Reader, flags: Flags): Opening {
  if (take(reader, /\*(?:FAIL|F)\)/y)) return { type: 'never' };
  const word = take(reader, /\*([a-z_]+):/y)?.[1];
  if (word !== undefined) return kindOf(WORDS[word] ?? refuseVerb(`(*${word}:`), flags);
  if (take(reader, /\*/y)) refuseVerb('(*VERB)');
  if (!take(reader, /\?/y)) return flags.n ? plain(flags) : capture(reader, flags);
  const name = take(reader, /(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/y);
  if (name) return capture(reader, flags, name[1] ?? name[2]);
  const kind = take(reader, /<=|<!|[=!>|]/y)?.[0];
  if (kind !== undefined) return kindOf(kind, flags);
  refuseOther(reader);
  return parseFlags(reader, flags);
}

function kindOf(kind: string, inside: Flags): Opening {
  const look = LOOKS[kind];
  if (look !== undefined)
    return {
      type: 'group',
      inside,
      look: true,
      wrap: (item) => ({ type: 'look', item, ...look }),
    };
  if (kind === '>')
    return {
      type: 'group',
      inside,
      look: false,
      wrap: (item) => ({ type: 'atomic', item }),
    };
  throw new Untranslatable('(?|...): write plain groups, as in "(?:a|b)"');
}

function plain(inside: Flags): Opening {
  return { type: 'group', inside, look: false, wrap: (item) => item };
}

function capture(reader: Reader, inside: Flags, name?: string): Opening {
  const number = ++reader.groups;
  if (name !== undefined)
    reader.names.set(name, [...(reader.names.get(name) ?? []), number]);
  const wrap = (item: Node): Node => ({ type: 'capture', item, number });
  return { type: 'group', inside, look: false, wrap };
}

function refuseVerb(verb: string): never {
  throw new Untranslatable(
    `${verb}: write a lookahead or alternatives, as in "(?!a)" or "a|b"`,
  );
}

function refuseOther(reader: Reader): void {
  if (take(reader, /\(/y))
    throw new Untranslatable(
      'a condition (?(...)...): write alternatives, as in "(?:ab|c)"',
    );
  if (take(reader, /(?:R|0|[+-]?[1-9]\d*|&|P>)/y))
    throw new Untranslatable('recursion: write out the depth you need');
  if (take(reader, /(?:\?|p|\*)?\{/y))
    throw new InvalidPattern('code in a pattern is not allowed there');
  if (take(reader, /P=/y)) throw new Untranslatable('(?P=name): write \\k<name>');
}

/** `(?i)`, `(?i-s:`, `(?^x:`. */
function parseFlags(reader: Reader, outer: Flags): Opening {
  const found = take(reader, /(\^?)([a-z]*)(?:(-)([a-z]*))?([:)])/y);
  if (found === undefined)
    throw new InvalidPattern('(? is followed by something unknown');
  const [, caret, on = '', minus, off = '', end] = found;
  checkFlags(on, off);
  if (caret && minus) throw new InvalidPattern('(?^ takes no -');
  const flags = withFlags(withFlags(caret ? NO_FLAGS : outer, on, true), off, false);
  return end === ')' ? { type: 'flags', flags } : plain(flags);
}

function withFlags(flags: Flags, letters: string, value: boolean): Flags {
  const { x } = flags;
  const changed = (letter: 'i' | 'm' | 's' | 'n') =>
    letters.includes(letter) ? value : flags[letter];
  const once = {
    i: changed('i'),
    m: changed('m'),
    s: changed('s'),
    n: changed('n'),
    x,
  };
  if (!letters.includes('x')) return once;
  return { ...once, x: !value ? 0 : letters.includes('xx') ? 2 : 1 };
}

function checkFlags(on: string, off: string): void {
  if (/[^adgilmnopcsux]/.test(on) || /[^gimnopcsx]/.test(off) || /a.*a.*a/.test(on))
    throw new InvalidPattern('(? is followed by an unknown flag');
  const sets = new Set(on.match(/[adlu]/g) ?? []);
  if (sets.size > 1 || /d.*d|l.*l|u.*u/.test(on))
    throw new InvalidPattern('the flags a, d, l and u exclude each other');
  if (/[lu]/.test(on))
    throw new Untranslatable(
      'the flags l and u: a pattern meets bytes, without a locale',
    );
}
