/** Far above any key. */
export const LARGEST_SECRET = 4096;
/** Shorter ones can be guessed from one message and its signature. */
const SHORTEST = 16;

/** The secret that such a file holds: all of it, without the line end behind it.
 *  @throws Error why it is of no use, and never what it is */
export function webhookSecret(bytes: Buffer): Buffer {
  if (bytes.length > LARGEST_SECRET)
    throw new Error(`more than ${LARGEST_SECRET} bytes`);
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end--;
  if (end < SHORTEST) throw new Error(`fewer than ${SHORTEST} bytes`);
  return bytes.subarray(0, end);
}
