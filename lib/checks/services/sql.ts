import type { Check, CheckTarget } from '../../model/check.ts';
import { describe } from '../message.ts';
import { during } from '../socket.ts';

const LEAST_BYTES = 65_536;

/** Connects, logs in, runs the query. Bounded in time by the signal and in what it reads;
 *  closes what it opened before it settles.
 *  @returns  how many rows came or were changed; need not count beyond the first.
 *  Rejects with the step that failed: "login: Access denied …" */
export type RunQuery = (
  target: CheckTarget,
  query: string,
  signal: AbortSignal,
) => Promise<number>;

/** What the checks of databases have in common: login and request are required, the query is
 *  the request without the `/` it may begin with, and one row is enough. receive is not used.
 *  Source: ldirectord(8), observed. */
export function sqlCheck(run: RunQuery): Check {
  return async (target, { signal }) => {
    const query = target.request.replace(/^\/?[ \t\r]*|[ \t\r]+$/g, '');
    const missing = missingWords(target.login, query);
    if (missing !== undefined) return { up: false, message: missing };
    try {
      const rows = await run(target, query, signal);
      return rows > 0
        ? { up: true, message: 'the query yields rows' }
        : { up: false, message: 'query: expected a row or more, got none' };
    } catch (error) {
      return { up: false, message: describe(error) };
    }
  };
}

/** What the work yields; what it throws is told with the step's name, and the abort instead of
 *  what a library makes of it. */
export async function step<T>(
  name: string,
  signal: AbortSignal,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw during(name, signal.aborted ? signal.reason : error);
  }
}

/** How many bytes are read at most: the body limit, but enough for a login in any case. */
export function readLimit({ bodyLimit }: CheckTarget): number {
  return Math.max(bodyLimit, LEAST_BYTES);
}

function missingWords(login: string, query: string): string | undefined {
  const missing = [
    ...(login === '' ? ['login'] : []),
    ...(query === '' ? ['request'] : []),
  ];
  if (missing.length === 0) return undefined;
  return `${missing.join(' and ')} missing: expected both, as in login = "monitor" and request = "SELECT 1"`;
}
