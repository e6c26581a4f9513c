import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** A file's bytes; undefined: there is none. What is no plain file is not waited for.
 *  @throws Error in words for the operator */
export async function readWhole(
  path: string,
  mostBytes: number,
): Promise<Buffer | undefined> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const found = await file.stat();
    if (!found.isFile()) throw new Error('it is no file');
    if (found.size > mostBytes) throw new Error(`it has more than ${mostBytes} bytes`);
    return await file.readFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return undefined;
    throw error;
  }
}
