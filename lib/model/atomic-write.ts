import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Replaces a file as a whole: after a crash it is the old one or the new one. Its directory is made
 *  where it is missing. It is on the disk when this resolves.
 *  @param parts  what is in it
 *  @param mode   of the file */
export async function writeAtomically(
  path: string,
  parts: readonly string[] | Uint8Array,
  mode = 0o600,
): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const next = `${path}.new`;
  try {
    await using file = await open(next, 'w', mode);
    await file.writeFile(parts);
    await file.sync();
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
  await rename(next, path);
  await using entry = await open(directory, 'r');
  await entry.sync();
}
