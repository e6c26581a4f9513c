/** Where system programs stand, whatever the PATH that cron or init gave. */
const FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** By what a child finds programs: this process's PATH, then where system programs stand. Never
 *  the working directory. */
export function programPath(path = process.env.PATH ?? ''): string {
  return [...path.split(':').filter(Boolean), ...FOLDERS].join(':');
}
