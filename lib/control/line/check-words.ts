import type { CheckStatus } from '../../model/status.ts';

/** A result in HAProxy's words: its code, its number in `show servers state`, and what it means. */
interface CheckWord {
  readonly code: string;
  readonly number: number;
  readonly desc: string;
}

const WORDS = {
  L4OK: { number: 6, desc: 'Layer4 check passed' },
  L4TOUT: { number: 7, desc: 'Layer4 timeout' },
  L4CON: { number: 8, desc: 'Layer4 connection problem' },
  L6RSP: { number: 11, desc: 'Layer6 invalid response' },
  L7TOUT: { number: 12, desc: 'Layer7 timeout' },
  L7RSP: { number: 13, desc: 'Layer7 invalid response' },
  L7OK: { number: 15, desc: 'Layer7 check passed' },
  L7STS: { number: 17, desc: 'Layer7 wrong status' },
  PROCERR: { number: 18, desc: 'External check error' },
  PROCTOUT: { number: 19, desc: 'External check timeout' },
  PROCOK: { number: 20, desc: 'External check passed' },
} as const;

type Code = keyof typeof WORDS;

/** Of each sort of check: what good, late and bad results are called. */
const SORTS = {
  connection: { good: 'L4OK', late: 'L4TOUT', bad: 'L4CON' },
  talk: { good: 'L7OK', late: 'L7TOUT', bad: 'L7RSP' },
  program: { good: 'PROCOK', late: 'PROCTOUT', bad: 'PROCERR' },
} as const satisfies Record<string, Record<string, Code>>;

const LATE = /tim(?:e|ed)[ -]?out|no answer|ETIMEDOUT|within \d/i;
/** It did not come to a talk. */
const NO_CONNECTION = /^connect\b|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDR/;
const NO_TLS = /certificate|\bTLS\b|\bSSL\b|handshake/i;
/** An answer of HTTP, SMTP ... that begins with its code. */
const STATUS = /^(\d{3}) /;

/** What HAProxy would call a result. The code is a guess from the message where that is all there is. */
export function checkWord(check: CheckStatus): CheckWord {
  const code = codeOf(check);
  return { code, ...WORDS[code] };
}

function codeOf({ up, made, type, message }: CheckStatus): Code {
  const how = made ?? type;
  if (how.startsWith('external')) return outcome(SORTS.program, up, message);
  if (how === 'connect' || how === 'ping')
    return outcome(SORTS.connection, up, message);
  if (up) return 'L7OK';
  if (NO_CONNECTION.test(message)) return outcome(SORTS.connection, false, message);
  if (NO_TLS.test(message)) return 'L6RSP';
  return STATUS.test(message) ? 'L7STS' : outcome(SORTS.talk, false, message);
}

function outcome(
  sort: (typeof SORTS)[keyof typeof SORTS],
  up: boolean,
  message: string,
): Code {
  if (up) return sort.good;
  return LATE.test(message) ? sort.late : sort.bad;
}

/** The code that the answer had; undefined: none is told. */
export function answerCode({ message }: CheckStatus): number | undefined {
  const code = STATUS.exec(message)?.[1];
  return code === undefined ? undefined : Number(code);
}
