/** `0`, `0.4`, `12`, `1,204`, `12.3 k`, `1.2 M`. */
export function count(value: number): string {
  if (value < 10_000) {
    const fine = value < 10 && !Number.isInteger(value);
    return value.toLocaleString('en', { maximumFractionDigits: fine ? 1 : 0 });
  }
  return scaled(value, 1000, ['', ' k', ' M', ' G']);
}

/** Connections a second. */
export function rate(value: number): string {
  return value > 0 && value < 0.05 ? '< 0.1' : count(value);
}

/** `0 B`, `950 B`, `1.2 MB`. */
export function bytes(value: number): string {
  return scaled(value, 1000, [' B', ' kB', ' MB', ' GB', ' TB', ' PB']);
}

function scaled(value: number, step: number, units: readonly string[]): string {
  let left = value;
  let at = 0;
  while (left >= step - 0.5 && at < units.length - 1) {
    left /= step;
    at++;
  }
  const digits = at > 0 && left < 10 ? 1 : 0;
  return `${left.toFixed(digits)}${units[at] ?? ''}`;
}

/** `under a minute`, `12 min`, `2 h 30 min`, `3 d 4 h`: steps that seldom change. */
export function lasting(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return 'under a minute';
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joined(hours, 'h', minutes % 60, 'min');
  return joined(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function joined(large: number, unit: string, small: number, smaller: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smaller}`;
}

/** Local time of day, `20:30:05`. */
export function timeOfDay(at: Date): string {
  return at.toLocaleTimeString('en-GB');
}

/** Local day, `2026-11-23`. */
export function day(at: Date): string {
  const [month, date] = [at.getMonth() + 1, at.getDate()].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${at.getFullYear()}-${month}-${date}`;
}

/** `1 connection`, `3 connections`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}
