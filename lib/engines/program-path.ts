import { constants } from 'node:fs';
import { access } from 'node:fs/promises';

/** Where system programs stand, whatever the PATH that cron or init gave. */
const FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** By what a child finds programs: this process's PATH, then where system programs stand. Never
 *  the working directory. */
export function programPath(path = process.env.PATH ?? ''): string {
  return [...path.split(':').filter(Boolean), ...FOLDERS].join(':');
}

/** Whether there is such a program, and it may be run.
 *  @param program  name or path */
export async function canRun(program: string): Promise<boolean> {
  const paths = program.includes('/')
    ? [program]
    : programPath()
        .split(':')
        .map((folder) => `${folder}/${program}`);
  for (const path of paths) {
    try {
      await access(path, constants.X_OK);
      return true;
    } catch {
      // The next may be there.
    }
  }
  return false;
}
