import { expected } from './values.ts';

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
/** Node's timers hold no more: some 24 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** `3`, `3s`, `500ms`, `15m`, `1h`. @returns milliseconds, 1 or more */
export function duration(text: string): number {
  const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?) ?(ms|s|m|h)?$/.exec(text) ?? [];
  const milliseconds = Math.round(Number(number || NaN) * (UNITS[unit] ?? NaN));
  return milliseconds >= 1 && milliseconds <= LONGEST_MS
    ? milliseconds
    : expected('a time above 0, at most 24 days', '3s" or "500ms" or "15m');
}
