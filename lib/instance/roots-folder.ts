import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';

/** Names on the way; links may go in a circle. */
const MOST_STEPS = 1000;
const BY_OTHERS = 0o002;
const STICKY = 0o1000;

/** Where a folder's name leads, if nobody but root has a say in that: each folder and link on the way is
 *  root's, and in none of them others may put something else in its place. In the folder itself they may put
 *  nothing at all; syslog's group, on some systems, may. Undefined: somebody has. */
export function rootsFolder(path: string): string | undefined {
  if (!isAbsolute(path)) return undefined;
  const names = path.split('/');
  let at = '/';
  let steps = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const next = resolve(at, name);
    const found = lstatSync(next, { throwIfNoEntry: false });
    if (!found || !isKept(found) || ++steps > MOST_STEPS) return undefined;
    if (found.isSymbolicLink()) {
      const target = readlinkSync(next);
      if (isAbsolute(target)) at = '/';
      names.unshift(...target.split('/'));
    } else at = next;
  }
  return (lstatSync(at).mode & BY_OTHERS) === 0 ? at : undefined;
}

/** Root's, and what is in it stays there: in a sticky folder what is root's does. */
function isKept(found: Stats): boolean {
  const mayMove = (found.mode & BY_OTHERS) !== 0 && (found.mode & STICKY) === 0;
  const isWay = found.isSymbolicLink() || (found.isDirectory() && !mayMove);
  return found.uid === 0 && isWay;
}
