import type { CheckStatus } from '../../model/status.ts';
import type { CheckWord } from '../../model/virtual-service.ts';
import { checkWord } from '../line/check-words.ts';

/** HAProxy's words for the last check, as its exporter lists them (2.6, observed). */
export const CHECK_STATES = [
  ...['HANA', 'SOCKERR', 'L4OK', 'L4TOUT', 'L4CON', 'L6OK', 'L6TOUT', 'L6RSP'],
  ...['L7TOUT', 'L7RSP', 'L7OK', 'L7OKC', 'L7STS', 'PROCERR', 'PROCTOUT', 'PROCOK'],
] as const;

/** Which of them says best what the check found; undefined: none was made. */
export function checkState(check: CheckStatus | null): string | undefined {
  const made = check?.made ?? null;
  return check === null || made === null || UNMADE.has(made)
    ? undefined
    : checkWord(check).code;
}

const UNMADE: ReadonlySet<CheckWord> = new Set(['on', 'off']);
