import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** So many stay, the newest: one that is broken at every start must not fill the disk. */
const MOST = 5;

/** Gives what is there another name, `PATH.bad-20261126T114012.123Z`, so that nothing is lost and a new
 *  one can be begun. Never rejects.
 *  @returns the name; undefined: it is where it was */
export async function setAside(path: string, now: Date): Promise<string | undefined> {
  const aside = `${path}.bad-${now.toISOString().replaceAll(/[-:]/g, '')}`;
  try {
    await rename(path, aside);
  } catch {
    // Whoever writes the file next says what is wrong with the folder.
    return undefined;
  }
  await thin(path).catch(() => {});
  return aside;
}

/** A folder that somebody put there is not ours to remove. */
async function thin(path: string): Promise<void> {
  const folder = dirname(path);
  const prefix = `${basename(path)}.bad-`;
  const all = await readdir(folder, { withFileTypes: true });
  const names = all
    .filter((entry) => !entry.isDirectory() && entry.name.startsWith(prefix))
    .map(({ name }) => name)
    .toSorted();
  for (const name of names.slice(0, -MOST)) await rm(join(folder, name));
}
