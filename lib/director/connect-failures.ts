import type { Log } from '../model/log.ts';

/** At most one line a server in this time. */
const QUIET_MS = 60_000;
/** Servers remembered; past it those that were quiet are forgotten. */
const MOST = 10_000;

/** Tells of connections that a server did not take: at once the first time, then once a minute
 *  with the number of those kept silent.
 *  @param now  milliseconds on any clock that does not go back */
export function createConnectFailureLog(log: Log, now: () => number) {
  const told = new Map<string, { at: number; silent: number }>();
  return (label: string, server: string, reason: string): void => {
    const key = `${label} ${server}`;
    const last = told.get(key);
    if (last && now() - last.at < QUIET_MS) {
      last.silent++;
      return;
    }
    if (told.size >= MOST) told.clear();
    told.set(key, { at: now(), silent: 0 });
    const more = last?.silent ? `, ${last.silent} more since the last such line` : '';
    log.warn(`Connect failed: ${server} (${label}) (${reason}${more})`);
  };
}
