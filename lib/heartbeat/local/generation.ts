import { open, readFile, rename } from 'node:fs/promises';

/** Heartbeat's width of the number in its file. */
const WIDTH = 15;
/** In messages it is a number of 32 bits. */
const LARGEST = 0xff_ff_ff_ff;

/** The number of the run that begins: larger than that of each run before, so that nobody can play an old
 *  run's messages again. It is on the disk before it is used. Heartbeat reads and writes the same file.
 *  @param seconds  since 1970: what counts where there is no number yet
 *  @throws when the file cannot be written, or holds no number */
export async function nextGeneration(file: string, seconds: number): Promise<number> {
  const next = (await lastGeneration(file, seconds)) + 1;
  await writeWhole(file, `${String(next).padStart(WIDTH)}\n`, 0o644);
  return next;
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

/** Replaces a file as a whole, and returns when the disk has it. */
export async function writeWhole(
  file: string,
  content: string | Uint8Array,
  mode: number,
): Promise<void> {
  const beside = `${file}.${process.pid}`;
  const handle = await open(beside, 'w', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
}

/** For `catch` of a read: undefined where there is no file. */
export function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
