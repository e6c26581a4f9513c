import { createHash } from 'node:crypto';

/** A JSON object whose first line tells whether the rest is as it was written. */
const HEAD = /^\{"version":(\d{1,9}),"sha256":"([0-9a-f]{64})",\n/;
/** More than the longest of them. */
const HEAD_BYTES = 128;

/** @param members  the object's text behind its version, in parts: `"a": 1}` */
export function seal(version: number, members: readonly string[]): readonly string[] {
  const hash = createHash('sha256');
  for (const part of members) hash.update(part);
  return [`{"version":${version},"sha256":"${hash.digest('hex')}",\n`, ...members];
}

/** What was sealed, as JSON text.
 *  @throws Error saying what it is not: a byte that is not as it was written is always found */
export function unseal(version: number, bytes: Buffer): string {
  if (bytes.length === 0) throw new Error('it is empty');
  const head = bytes.toString('latin1', 0, HEAD_BYTES);
  const [line = '', found, sum] = HEAD.exec(head) ?? [];
  if (sum === undefined) throw new Error('it does not begin as a state file does');
  if (found !== String(version))
    throw new Error(`it is of version ${found}, and this program's is ${version}`);
  const rest = bytes.subarray(line.length);
  if (createHash('sha256').update(rest).digest('hex') !== sum)
    throw new Error('it is damaged: its checksum is another one');
  return bytes.toString('utf8');
}
