const FOLDER = '/lib/';

/** A file of this program that is no import: what a thread or a child begins with, or what is read. It has its place
 *  in `lib`: that of the sources, of the modules as built, or of the files that a program is joined into.
 *  @param path  below lib/, with the ending that modules have: `checks/matcher-worker` gets this module's own;
 *               a folder ends in `/` */
export function ownFile(path: string): URL {
  const own = import.meta.url;
  const root = own.slice(0, own.lastIndexOf(FOLDER) + FOLDER.length);
  const ending = path.endsWith('/') ? '' : own.slice(own.lastIndexOf('.'));
  return new URL(`${root}${path}${ending}`);
}
