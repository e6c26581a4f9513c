/** Each round begins with another subject, so that a busy minute of the machine falls on all. */
export function rotated<T>(list: readonly T[], round: number): readonly T[] {
  const first = round % Math.max(1, list.length);
  return [...list.slice(first), ...list.slice(0, first)];
}
