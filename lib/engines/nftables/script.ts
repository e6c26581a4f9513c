import { clientSetWords } from './clients.ts';
import { field, type Json, list, text } from './json.ts';
import type { Rule, Rules } from './part.ts';

/** Chains that are to hold other rules. */
export interface Rewriting {
  /** What each has from now on; it must be there. */
  readonly ruled: Rules;
  /** Sets of clients that the rules refer to: types by name. */
  readonly used: ReadonlyMap<string, string>;
}

/** The same rules in nft's own language. JSON has no word for a chain with its rules in it, and before a
 *  rule is added to a chain by itself, nft (1.0.6) reads all chains, sets and objects of all tables: 60 ms
 *  of 11,000 chains and 10,000 sets. A set is added that is there already, so that nft knows it. Source:
 *  nft(8), "Chains"; observed. */
export function rewriting(table: string, { ruled, used }: Rewriting): string {
  const at = `inet ${table}`;
  const sets = [...used].map(
    ([name, type]) => `add set ${at} ${name} ${clientSetWords(type)}\n`,
  );
  const chains = [...ruled].map(([chain, own]) => {
    const block = own.map((rule) => `${lineOf(rule)}\n`).join('');
    return `flush chain ${at} ${chain}\nadd chain ${at} ${chain} {\n${block}}\n`;
  });
  return [...sets, ...chains].join('');
}

function lineOf({ expr, comment }: Rule): string {
  return `${expr.map(words).join(' ')} comment "${comment}"`;
}

type Fields = { readonly [key: string]: Json };

/** By the one key that an expression or a statement has in JSON: what rules of services are made of, and
 *  no more. */
const WORDS: Readonly<Record<string, (what: Json) => string>> = {
  return: () => 'return',
  goto: (what) => `goto ${text(what, 'target')}`,
  meta: (what) => `meta ${text(what, 'key')}`,
  payload: (what) => `${text(what, 'protocol')} ${text(what, 'field')}`,
  concat: (what) => parts(what).map(words).join(' . '),
  '&': (what) => parts(what).map(words).join(' & '),
  numgen: (what) => `numgen ${text(what, 'mode')} mod ${field(what, 'mod')}`,
  jhash: (what) =>
    `jhash ${of(what, 'expr')} mod ${field(what, 'mod')} seed ${field(what, 'seed')}`,
  map: (what) => `${of(what, 'key')} map ${of(what, 'data')}`,
  vmap: (what) => `${of(what, 'key')} vmap ${of(what, 'data')}`,
  set: (what) => (Array.isArray(what) ? mapping(what) : updating(what)),
  elem: (what) => `${of(what, 'val')} timeout ${field(what, 'timeout')}s`,
  match: (what) => `${of(what, 'left')} ${text(what, 'op')} ${of(what, 'right')}`,
  dnat: (what) => `dnat ${text(what, 'family')} to ${target(what)}`,
};

function words(what: Json): string {
  if (typeof what === 'string' || typeof what === 'number') return String(what);
  const [[kind, inner] = ['', null]] = Object.entries(what as Fields);
  const said = Object.hasOwn(WORDS, kind) ? WORDS[kind] : undefined;
  if (!said) throw new RangeError(`no words for ${JSON.stringify(what)}`);
  return said(inner);
}

function of(what: Json, name: string): string {
  return words(field(what, name) ?? null);
}

function parts(what: Json): readonly Json[] {
  return list({ what }, 'what');
}

/** `{ 0 : 10.1.1.21, 1 : 10.1.1.22 }`. */
function mapping(pairs: readonly Json[]): string {
  const members = pairs.map((pair) => parts(pair).map(words).join(' : '));
  return `{ ${members.join(', ')} }`;
}

function updating(what: Json): string {
  return `${text(what, 'op')} ${text(what, 'set')} { ${of(what, 'elem')} }`;
}

/** An address of IPv6 stands in brackets before a port. */
function target(what: Json): string {
  const address = of(what, 'addr');
  const port = field(what, 'port');
  if (port === undefined) return address;
  const bare = typeof field(what, 'addr') === 'string' && address.includes(':');
  return bare ? `[${address}]:${port}` : `${address} : ${port}`;
}
