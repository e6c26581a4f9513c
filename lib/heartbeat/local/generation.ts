import { open, readFile } from 'node:fs/promises';
import { writeAtomically } from '../../model/atomic-write.ts';

/** Heartbeat's width of the number in its file. */
const WIDTH = 15;
/** In messages it is a number of 32 bits. */
const LARGEST = 0xff_ff_ff_ff;
const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** The number of the run that begins: larger than that of each run before, so that nobody can play an old
 *  run's messages again. It is on the disk before it is used. Heartbeat reads and writes the same file.
 *  @param seconds  since 1970: what counts where there is no number yet
 *  @throws when the file cannot be written, or holds no number */
export async function nextGeneration(file: string, seconds: number): Promise<number> {
  const next = (await lastGeneration(file, seconds)) + 1;
  const text = `${String(next).padStart(WIDTH)}\n`;
  try {
    await writeAtomically(file, [text], 0o644);
  } catch (error) {
    if (!isFull(error) || !(await overwrite(file, text))) throw error;
  }
  return next;
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && FULL.has(error.code);
}

/** A full disk has room for as many bytes as are there.
 *  @returns  whether the disk has it */
async function overwrite(file: string, text: string): Promise<boolean> {
  try {
    await using handle = await open(file, 'r+');
    const { bytesWritten } = await handle.write(text, 0);
    await handle.truncate(bytesWritten);
    await handle.sync();
    return bytesWritten === text.length;
  } catch {
    return false;
  }
}

async function lastGeneration(file: string, seconds: number): Promise<number> {
  const text = await readFile(file, 'latin1').catch(absent);
  if (text === undefined) return seconds;
  const last = /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  if (last < LARGEST) return last;
  throw new Error(
    `${file}: expected the number of the last run, found "${text.trim().slice(0, 40)}": remove the file, and the time of day counts`,
  );
}

/** For `catch` of a read: undefined where there is no file. */
export function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
