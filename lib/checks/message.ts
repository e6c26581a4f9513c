import { withoutBase64, withoutWord } from './secret-forms.ts';

const LINE_LIMIT = 300;

/** One printable line of at most 300 characters, whatever a server sent: what a report, a log
 *  line and a terminal can carry. Control characters and line ends become blanks. */
export function oneLine(text: string, limit = LINE_LIMIT): string {
  // The slice bounds the work: a body may be megabytes.
  const line = text
    .slice(0, limit * 4)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

/** The message with each of the words hidden, also where it is escaped or stands in base64. One
 *  of up to three characters is hidden only where it stands by itself; an empty one hides
 *  nothing. */
export function hide(message: string, words: readonly string[]): string {
  const present = words.filter((word) => word !== '');
  if (present.length === 0) return message;
  // The longest first: a password that contains the login is hidden whole.
  present.sort((a, b) => b.length - a.length);
  return present.reduce(withoutWord, withoutBase64(message, present));
}

/** What went wrong, for people: "connect ECONNREFUSED 10.0.0.2:80", "wrong version number". */
export function describe(error: unknown): string {
  // A name with several addresses: Node's own message is empty.
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map(describe).join('; ');
  if (!(error instanceof Error)) return String(error);
  return opensslReason(error) ?? error.message;
}

/** The message of an error of OpenSSL's is its queue: a thread's number, and paths in its source. */
function opensslReason(error: Error): string | undefined {
  if (!('library' in error && 'reason' in error)) return undefined;
  return typeof error.reason === 'string' ? error.reason : undefined;
}
