import type { CheckTarget } from '../model/check.ts';
import { LONGEST_TIMER_MS } from '../model/timer.ts';
import type { CheckWord } from '../model/virtual-service.ts';
import { CHECK_TYPES, checkTypeRow, type LoadedCheck, serviceNamed } from './index.ts';

/** The check that a target needs now. */
export interface ChosenCheck {
  /** Loads it; the same function for the same check. */
  readonly load: () => Promise<LoadedCheck>;
  /** For the whole check, all attempts of it. */
  readonly timeoutMs: number;
  /** The time-out in words: "10 s (negotiatetimeout)". */
  readonly timeoutWords: string;
}

/** @param word  the target's checktype; of a combined one, which of its two checks is due
 *  @returns     undefined when nothing is to be checked: off, or not available yet */
export function chooseCheck(
  target: CheckTarget,
  word: CheckWord,
): ChosenCheck | undefined {
  const row =
    word === 'negotiate'
      ? serviceNamed(target.service)
      : checkTypeRow(word, target.protocol);
  if (row?.load === undefined) return undefined;
  const directive = row.timeout ?? 'checktimeout';
  const onceMs =
    directive === 'checktimeout' ? target.checktimeoutMs : target.negotiatetimeoutMs;
  // A ping may be sent again; every echo has the whole time.
  const times = row === CHECK_TYPES.ping ? Math.max(1, target.checkcount) : 1;
  return {
    load: row.load,
    timeoutMs: Math.min(onceMs * times, LONGEST_TIMER_MS),
    timeoutWords: `${times > 1 ? `${times} x ` : ''}${onceMs / 1000} s (${directive})`,
  };
}
