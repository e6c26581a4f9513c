import { isOpen, type Kept, leadsNowhere, recordsOf } from './kept.ts';
import { type NameRecord, recordText } from './question.ts';

/** Longer than a target's answer takes that comes at all. */
const MOST_HELD_BACK_MS = 5_000;

/** Has the SRV records count that were answered last, once it is known where all of them lead to, or after a
 *  while. Those that lead nowhere never do.
 *  @param now     monotonic, milliseconds
 *  @param isLast  those of which nothing counts yet do not wait
 *  @returns       whether others count now, and when the next ones have waited long enough; undefined: nobody waits */
export function putInForce(
  all: ReadonlyMap<string, Kept>,
  now: number,
  isLast: boolean,
): { readonly hasMoved: boolean; readonly waitMs: number | undefined } {
  let hasMoved = false;
  let waitMs: number | undefined;
  const names = [...all.values()].filter(({ question }) => question.type === 'SRV');
  for (const kept of names) {
    const records = recordsOf(kept.held);
    if (isSame(records, kept.inForce)) {
      kept.heldBackSince = undefined;
      continue;
    }
    kept.heldBackSince ??= now;
    const isFirst = isLast && kept.inForce.length === 0;
    const left = isFirst ? 0 : kept.heldBackSince + MOST_HELD_BACK_MS - now;
    if (left > 0 && isOpen(kept, all)) waitMs = Math.min(left, waitMs ?? left);
    else if (!leadsNowhere(kept, all)) {
      kept.inForce = records;
      kept.heldBackSince = undefined;
      hasMoved = true;
    }
  }
  return { hasMoved, waitMs };
}

function isSame(a: readonly NameRecord[], b: readonly NameRecord[]): boolean {
  const text = (records: readonly NameRecord[]) => records.map(recordText).join();
  return text(a) === text(b);
}
