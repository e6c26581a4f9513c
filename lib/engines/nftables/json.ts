/** JSON as nft takes and gives it. Source: libnftables-json(5). */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** One thing to do: `{ add: { chain: ... } }`. */
export type Command = { readonly [verb: string]: Json };

/** `ip daddr`, `th dport`. */
export function payload(protocol: string, field: string): Json {
  return { payload: { protocol, field } };
}

/** `meta l4proto`. */
export function meta(key: string): Json {
  return { meta: { key } };
}

/** `ct original ip daddr`, or without a direction `ct status`. */
export function ct(key: string, dir?: 'original' | 'reply'): Json {
  return { ct: dir === undefined ? { key } : { key, dir } };
}

/** `a . b . c`; of one part that part itself. */
export function concat(parts: readonly Json[]): Json {
  const [first = null] = parts;
  return parts.length === 1 ? first : { concat: parts };
}

export function match(left: Json, right: Json, op = '=='): Json {
  return { match: { op, left, right } };
}

export function go(target: string): Json {
  return { goto: { target } };
}

/** A field of an object that nft printed; undefined where there is none. */
export function field(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return undefined;
  return (value as { readonly [key: string]: Json })[name];
}

/** The same as a text; empty where it is none. */
export function text(value: Json | undefined, name: string): string {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
}

/** The same as a number; 0 where it is none. */
export function number(value: Json | undefined, name: string): number {
  const found = field(value, name);
  return typeof found === 'number' ? found : 0;
}

/** The same as a list; empty where it is none. */
export function list(value: Json | undefined, name: string): readonly Json[] {
  const found = field(value, name);
  return Array.isArray(found) ? found : [];
}
