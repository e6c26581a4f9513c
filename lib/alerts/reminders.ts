/** Real servers of one service that are out, with the time at which people were last told, in
 *  milliseconds on a clock that does not go back. */
export type Reminders = ReadonlyMap<string, number>;

/** After a notice about that server. */
export function remind(
  before: Reminders,
  { real, out }: { readonly real: string; readonly out: boolean },
  at: number,
): Reminders {
  const next = new Map(before);
  next.delete(real);
  if (out) next.set(real, at);
  return next;
}

/** Without the servers that have left the service. */
export function keepOnly(before: Reminders, reals: ReadonlySet<string>): Reminders {
  return new Map([...before].filter(([real]) => reals.has(real)));
}

/** Servers to be told of again now.
 *  @param everyMs  0: never */
export function due(
  reminders: Reminders,
  everyMs: number,
  now: number,
): readonly string[] {
  if (everyMs === 0) return [];
  return [...reminders].filter(([, at]) => at + everyMs <= now).map(([real]) => real);
}

/** When the next one is due; undefined: never. */
export function nextDue(reminders: Reminders, everyMs: number): number | undefined {
  if (everyMs === 0 || reminders.size === 0) return undefined;
  return Math.min(...reminders.values()) + everyMs;
}
