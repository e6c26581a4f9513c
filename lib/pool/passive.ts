import type { Rate } from '../model/virtual-service.ts';

/** A server that is out because clients' connections failed at it. */
export interface Ejection {
  /** So many of them, within that time. */
  readonly failures: number;
  readonly windowMs: number;
  /** Of the last one. */
  readonly reason: string;
  /** How long no check brings it back. */
  readonly holdMs: number;
}

/** What failed at one server lately. Times are in milliseconds on a clock that does not go back. */
export interface Mark {
  readonly recent: readonly Failed[];
  /** Of the last time that it was taken out; undefined: it never was. */
  readonly hold: Hold | undefined;
}

interface Failed {
  readonly at: number;
  readonly failures: number;
}

interface Hold {
  readonly ms: number;
  readonly until: number;
}

export const UNMARKED: Mark = { recent: [], hold: undefined };

const LONGEST_HOLD_MS = 300_000;
/** After so many times its hold without another, a server begins anew. */
const PEACE = 10;

/** How a service wants its servers marked. */
export interface Marking {
  readonly most: Rate;
  readonly firstHoldMs: number;
}

/** A server's mark after further failures, and whether these take it out. What it remembers is bounded by
 *  the number that does. */
export function marked(
  { recent, hold }: Mark,
  { failures, reason }: Pick<Ejection, 'failures' | 'reason'>,
  { most: { connections, windowMs }, firstHoldMs }: Marking,
  now: number,
): { readonly mark: Mark; readonly ejection: Ejection | undefined } {
  const within = recent.filter(({ at }) => now - at <= windowMs);
  const all = within.reduce((sum, { failures }) => sum + failures, failures);
  if (all < connections) {
    const mark = { recent: [...within, { at: now, failures }], hold };
    return { mark, ejection: undefined };
  }
  const holdMs = nextHoldMs(hold, firstHoldMs, now);
  return {
    mark: { recent: [], hold: { ms: holdMs, until: now + holdMs } },
    ejection: { failures: all, windowMs, reason, holdMs },
  };
}

function nextHoldMs(last: Hold | undefined, firstMs: number, now: number): number {
  if (!last || now - last.until >= PEACE * last.ms) return firstMs;
  return Math.max(firstMs, Math.min(2 * last.ms, LONGEST_HOLD_MS));
}

/** `5 of its connections failed within 30 s (connect ECONNREFUSED 10.1.1.21:80); out for 10 s at least`. */
export function ejectionText({ failures, windowMs, reason, holdMs }: Ejection): string {
  return `${failures} of its connections failed within ${windowMs / 1000} s (${reason}); out for ${holdMs / 1000} s at least`;
}
