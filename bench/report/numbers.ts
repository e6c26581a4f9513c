import type { Spread } from '../samples.ts';

/** `1,234.5` */
export function number(value: number, digits: number): string {
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** `34.6 (23.8 to 36.6)`; `34.6` when there is no other; empty for nothing. */
export function range(of: Spread | undefined, digits: number): string {
  if (!of) return '';
  const [median, min, max] = [of.median, of.min, of.max].map((value) =>
    number(value, digits),
  );
  return min === max ? `${median}` : `${median} (${min} to ${max})`;
}

/** `1.25`; empty when one is missing. */
export function ratio(of: Spread | undefined, to: Spread | undefined): string {
  return of && to ? (of.median / to.median).toFixed(2) : '';
}
