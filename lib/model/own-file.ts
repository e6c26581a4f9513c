const FOLDER = '/lib/';

/** A file of this program that is no import: what a thread or a child begins with, or what is read. It is where
 *  it was written, whether this runs as source, built, or as one of the few files that a program is shipped as.
 *  @param path  below lib/, with the ending that modules have: `checks/matcher-worker` gets this module's own;
 *               a folder ends in `/` */
export function ownFile(path: string): URL {
  const own = import.meta.url;
  const root = own.slice(0, own.lastIndexOf(FOLDER) + FOLDER.length);
  const ending = path.endsWith('/') ? '' : own.slice(own.lastIndexOf('.'));
  return new URL(`${root}${path}${ending}`);
}
