import { STATUS_CODES } from 'node:http';
import type { Attempt } from './hook.ts';

/** Refusals that are over some time: a slow client, a replay that is no longer one, too many at once. All
 *  others between 400 and 499 mean that the same request is refused again. */
const PASSING = new Set([408, 425, 429]);
/** No receiver may ask for more patience than this. */
const LONGEST_WAIT_MS = 300_000;

/** What an answer means.
 *  @param retryAfter  that header, as it came
 *  @param now         wall clock, milliseconds since 1970 */
export function attemptOf(
  status: number,
  retryAfter: string | undefined,
  now: number,
): Attempt {
  if (status >= 200 && status < 300) return { taken: true };
  // In our words: those of the answer could be anything.
  const known = STATUS_CODES[status];
  const answer = known === undefined ? String(status) : `${status} ${known}`;
  if (status >= 300 && status < 400)
    return refused(`${answer}: redirects are not followed`);
  if (status < 500 && !PASSING.has(status)) return refused(answer);
  return {
    ...{ taken: false, again: true, reason: answer },
    waitMs: waitMs(retryAfter, now),
  };
}

function refused(reason: string): Attempt {
  return { taken: false, again: false, reason };
}

/** Seconds, or a date (RFC 9110, 10.2.3); undefined: neither. */
function waitMs(retryAfter = '', now: number): number | undefined {
  const ms = /^\d{1,9}$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter) - now;
  return ms > 0 ? Math.min(ms, LONGEST_WAIT_MS) : undefined;
}
