import { lstatSync, mkdirSync } from 'node:fs';
import { reasonOf } from '../model/reason.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such directory; create it, or choose another --runtime-dir',
  ENOTDIR: 'it is no directory; choose another --runtime-dir',
  EACCES:
    'this user may not write there; start as root, or choose another --runtime-dir',
  EPERM:
    'this user may not write there; start as root, or choose another --runtime-dir',
  EROFS: 'it cannot be written to; choose another --runtime-dir',
  ENOSPC: 'no space is left there; make some, or choose another --runtime-dir',
};

/** Runs what writes into a runtime directory.
 *  @throws Error in words for the operator: which directory, why, and how to mend it */
export function writingIn<T>(directory: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const message = reasonOf(error);
    const why = Object.hasOwn(WORDS, code) ? WORDS[code] : message;
    throw new Error(`runtime directory ${directory}: ${why}`, { cause: error });
  }
}

/** Makes a directory for this user alone. @throws as {@link expectPrivate} */
export function makePrivate(directory: string): void {
  writingIn(directory, () => mkdirSync(directory, { recursive: true, mode: 0o700 }));
  expectPrivate(directory);
}

/** For a directory that others may make first under that name: theirs would let them name any
 *  process as the director. One that is not there is well.
 *  @throws Error in words for the operator */
export function expectPrivate(directory: string): void {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  if (found === undefined) return;
  const own = found.isDirectory() && found.uid === process.getuid?.();
  if (!own || (found.mode & 0o022) !== 0)
    throw new Error(
      `runtime directory ${directory}: it is not this user's alone; choose another --runtime-dir`,
    );
}
