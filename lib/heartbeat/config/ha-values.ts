/** A value, or what is wrong with the word. */
export type Value<T> = { readonly value: T } | { readonly expected: string };

type Reader<T> = (word: string) => Value<T>;

const UNITS_MS: Readonly<Record<string, number>> = {
  '': 1000,
  ms: 1,
  us: 0.001,
  usec: 0.001,
};
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'on', 'yes', 'y', '1'].map((word) => [word, true] as const),
  ...['false', 'off', 'no', 'n', '0'].map((word) => [word, false] as const),
]);

/** Milliseconds, more than 0: seconds with or without a fraction, or with `ms`, `us`, `usec`. `2s` is none.
 *  Source: observed on Heartbeat 3.0.6. */
export const time: Reader<number> = (word) => {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d*)?|\.\d+)([a-z]*)$/.exec(word) ?? [];
  const factor = UNITS_MS[unit];
  const ms = Number(number) * (factor ?? 0);
  return number !== '' && ms > 0 && ms <= 2 ** 31 - 1
    ? { value: ms }
    : { expected: 'seconds, such as 2 or 0.5, or milliseconds, such as 500ms' };
};

export const boolean: Reader<boolean> = (word) => {
  const value = BOOLEANS.get(word.toLowerCase());
  return value === undefined ? { expected: 'on or off' } : { value };
};

/** A whole number within these, both included. */
export function whole(least: number, most: number): Reader<number> {
  return (word) => {
    const value = Number(word);
    return /^\d{1,10}$/.test(word) && value >= least && value <= most
      ? { value }
      : { expected: `a whole number from ${least} to ${most}` };
  };
}

export function oneOf<const Word extends string>(
  ...words: readonly Word[]
): Reader<Word> {
  return (word) => {
    const value = words.find((known) => known === word);
    return value === undefined ? { expected: words.join(' or ') } : { value };
  };
}
