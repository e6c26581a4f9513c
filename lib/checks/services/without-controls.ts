/** Bytes, each one character (latin1), without the control characters of ASCII: a line of a
 *  protocol ends at one. Those beyond ASCII are parts of letters in UTF-8. */
export function withoutControls(bytes: string): string {
  return bytes.replace(/(?![\x80-\x9f])\p{Cc}/gu, '');
}
