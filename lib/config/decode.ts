/** Plain data with every text in it decoded from UTF-8 bytes that were read as Latin-1, but for
 *  the names of files in findings. */
export function decodeUtf8<T>(value: T): T;
export function decodeUtf8(value: unknown): unknown {
  if (typeof value === 'string')
    return isAscii(value) ? value : Buffer.from(value, 'latin1').toString();
  if (Array.isArray(value)) return value.map((item) => decodeUtf8(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      name === 'file' ? item : decodeUtf8(item),
    ]),
  );
}

/** Whether bytes that were read as Latin-1 are ASCII. */
export function isAscii(text: string): boolean {
  return !/[\x80-\xff]/.test(text);
}
