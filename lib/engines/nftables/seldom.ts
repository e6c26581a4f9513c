import type { Log } from '../../model/log.ts';

const QUIET_MS = 60_000;

/** Warns of each kind of failure once a minute at most. */
export function seldom<K extends string>(
  log: Pick<Log, 'warn'>,
): (kind: K, message: string) => void {
  const said = new Map<K, number>();
  return (kind, message) => {
    const now = performance.now();
    if (now - (said.get(kind) ?? -Infinity) < QUIET_MS) return;
    said.set(kind, now);
    log.warn(message);
  };
}
