import { didYouMean } from '../../model/nearest.ts';
import { type Parameter, refused } from '../routes.ts';
import { type Shape, text, whole } from './shape.ts';

/** A parameter whose value has a type. */
export interface Typed<T> extends Parameter {
  readonly form: Shape<T>;
  /** Undefined: it is none. */
  readonly read: (given: string) => T | undefined;
}

export type QueryTable = Readonly<Record<string, Typed<string> | Typed<number>>>;

/** What the query says; undefined: nothing of it. */
export type QueryValues<Q extends QueryTable> = {
  readonly [K in keyof Q]: Q[K] extends Typed<infer T> ? T | undefined : never;
};

/** Some words. */
export function words(
  summary: string,
  expected: string,
  example: string,
): Typed<string> {
  const form = { ...text(), expected };
  return { form, summary, example, read: (given) => given || undefined };
}

/** A whole number from 0 or 1 on. */
export function wholeNumber(
  range: { readonly least: number; readonly most: number },
  summary: string,
  example: number,
): Typed<number> {
  const form = whole(range);
  const read = (given: string) => {
    const number = /^\d{1,15}$/.test(given) ? Number(given) : undefined;
    return form.is(number) ? number : undefined;
  };
  return { form, summary, example: String(example), read };
}

/** @param strict  words that the table has not are refused, not left aside
 *  @throws RequestRefused */
export function readQuery<Q extends QueryTable>(
  table: Q,
  query: URLSearchParams,
  strict = true,
): QueryValues<Q> {
  const known = Object.keys(table);
  const strange = [...query.keys()].find((name) => !known.includes(name));
  if (strict && strange !== undefined)
    throw refused(400, `"?${strange}" is not known here${hint(strange, known)}`);
  const values = Object.entries(table).map(([name, parameter]) => [
    name,
    theOne(name, parameter, query.getAll(name)),
  ]);
  return Object.fromEntries(values) as QueryValues<Q>; // a value a row of the table
}

function theOne(
  name: string,
  { form, example, read }: Typed<string> | Typed<number>,
  given: readonly string[],
): string | number | undefined {
  const [first] = given;
  if (first === undefined) return undefined;
  const value = given.length === 1 ? read(first) : undefined;
  if (value !== undefined) return value;
  const expected = `expected once ${form.expected}, as in "?${name}=${example}"`;
  throw refused(400, `${name}=${given.join(', ')}: ${expected}`);
}

/** What was meant, or what there is. */
export function hint(word: string, known: readonly string[]): string {
  if (known.length === 0) return '; nothing is expected';
  return didYouMean(word, known) || `; expected ${known.join(', ')}`;
}
