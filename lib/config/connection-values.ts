import { expected } from './values.ts';

// What the keys about open connections may be: as the readers in ini-values.ts.

/** What becomes of the connections of a server that is down; undefined: what `quiescent` says. */
export function onDown(text: string): 'keep' | 'kill' | undefined {
  return text === 'keep' || text === 'kill' ? text : expected('keep or kill', 'kill');
}

/** What the reader takes, or `no`, which is undefined. */
export function orNo<T>(read: (text: string) => T): (text: string) => T | undefined {
  return (text) => (text === 'no' ? undefined : read(text));
}

/** `10%`. @returns 0 to 1 */
export function share(text: string): number {
  const percent = Number(/^(\d{1,3}) ?%$/.exec(text)?.[1] ?? NaN);
  return percent <= 100 ? percent / 100 : expected('a share from 0% to 100%', '10%');
}

/** `20/s`. @returns how many a second, 1 to 10,000 */
export function rate(text: string): number {
  const number = Number(/^(\d{1,5}) ?\/ ?s$/.exec(text)?.[1] ?? NaN);
  return number >= 1 && number <= 10_000
    ? number
    : expected('how many a second, 1/s to 10000/s', '20/s');
}
