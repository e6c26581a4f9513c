import { hide, oneLine } from './message.ts';

/** What is looked at: much more than is shown, since hiding and blanks may shorten it. */
const LOOKED_AT = 1024;

/** The first words of what a server said, on one line, for a message.
 *  @param secrets  hidden before it is cut: part of a password is one too
 *  @param limit    most characters */
export function excerpt(
  text: string,
  secrets: readonly string[],
  limit: number,
): string {
  return oneLine(hide(text.slice(0, LOOKED_AT), secrets), limit);
}
