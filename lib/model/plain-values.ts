// What JSON from outside may hold.

/** Of a service's id, or of who made a change; far below. */
const MOST_CHARACTERS = 1000;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Milliseconds, no matter since when. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** As a line of the log, or a terminal, can show it. */
export function isWord(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MOST_CHARACTERS &&
    !/\p{Control}/u.test(value)
  );
}
