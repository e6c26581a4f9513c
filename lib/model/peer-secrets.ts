/** Far above any. */
export const LARGEST_SECRETS = 4096;
/** Shorter ones can be guessed from what is on the wire. */
const SHORTEST = 16;
/** The one in use and the one to come, and room for a mistake. */
const MOST = 4;

/** The secrets that such a file holds, a line each: any of them is good, so that old and new ones can stand
 *  beside each other. Blank lines, and those that begin with #, are none.
 *  @throws RangeError why it is of no use, and never what it is */
export function parsePeerSecrets(bytes: Buffer): readonly Buffer[] {
  if (bytes.length > LARGEST_SECRETS)
    throw new RangeError(`more than ${LARGEST_SECRETS} bytes`);
  const lines = bytes
    .toString('latin1')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (lines.length === 0) throw new RangeError('no secret');
  if (lines.length > MOST) throw new RangeError(`more than ${MOST} secrets`);
  const short = lines.findIndex((line) => line.length < SHORTEST);
  if (short >= 0)
    throw new RangeError(
      `a secret of fewer than ${SHORTEST} bytes, number ${short + 1}`,
    );
  return lines.map((line) => Buffer.from(line, 'latin1'));
}
