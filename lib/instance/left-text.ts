import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** A director's own word is far below. */
const MOST_BYTES = 64 << 10;

/** What somebody, maybe not this user, has left in a file of a folder. */
export interface LeftText {
  readonly text: string;
  /** Whose file it is. */
  readonly uid: number;
}

/** Reads it without trust in who may write to the folder, as root does: no link is followed, to a file of
 *  another's, and nothing is waited for, or read without end. Undefined: there is none, or no such file. */
export function leftText(path: string): LeftText | undefined {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  let file: number | undefined;
  try {
    file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const found = fstatSync(file);
    if (!found.isFile() || found.nlink > 1) return undefined;
    const bytes = Buffer.alloc(MOST_BYTES);
    const length = readSync(file, bytes, 0, MOST_BYTES, 0);
    return { text: bytes.toString('utf8', 0, length), uid: found.uid };
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
