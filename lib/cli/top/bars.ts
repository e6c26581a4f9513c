const BLOCKS = [...' ▁▂▃▄▅▆▇█'];
const ASCII = [...' .,:-=+*#'];

/** The last values as one character each, right-aligned; the highest of them is the full height. */
export function sparkline(
  history: readonly number[],
  width: number,
  { ascii }: { readonly ascii: boolean },
): string {
  const levels = ascii ? ASCII : BLOCKS;
  const shown = history.slice(-width);
  const most = Math.max(...shown, 0);
  const high = levels.length - 1;
  const bars = shown.map((value) =>
    // What is there at all is to be seen.
    value <= 0 ? ' ' : (levels[Math.max(1, Math.round((value / most) * high))] ?? ''),
  );
  return bars.join('').padStart(width);
}

/** `0`, `0.4`, `12`, `3.1k`: five characters at most. */
export function humanRate(rate: number | undefined): string {
  if (rate === undefined) return '-';
  if (rate === 0) return '0';
  if (rate < 9.95) return rate.toFixed(1);
  if (rate < 999.5) return rate.toFixed(0);
  const units = ['k', 'M', 'G'];
  let value = rate / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)}${units[unit]}`;
}
