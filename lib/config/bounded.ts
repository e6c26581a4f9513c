import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const CHUNK = 65_536;
const PATIENCE_MS = 10_000;
const LOOK_AGAIN_MS = 20;

/** A file's bytes as Latin-1; undefined when there are more than `limit`. Of a pipe, as /dev/stdin
 *  or a shell's `<(command)`, what is written until its writer ends.
 *  @param patienceMs  how long a pipe's writer may take in all
 *  @throws what opening and reading throw; Error in words when a pipe's writer took too long */
export async function readBounded(
  path: string,
  limit: number,
  patienceMs = PATIENCE_MS,
): Promise<string | undefined> {
  // Opening a pipe that nobody writes to would otherwise wait where nothing can end it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const isPipe = (await file.stat()).isFIFO();
    const end = performance.now() + patienceMs;
    const chunks: Buffer[] = [];
    let size = 0;
    while (size <= limit) {
      const chunk = await read(file);
      if (chunk === undefined || (isPipe && size + chunk.length === 0)) {
        if (performance.now() >= end) throw new Error(tooLate(patienceMs));
        await sleep(LOOK_AGAIN_MS);
      } else if (chunk.length > 0) {
        chunks.push(chunk);
        size += chunk.length;
      } else return Buffer.concat(chunks).toString('latin1');
    }
    return undefined;
  } finally {
    await file.close();
  }
}

/** @returns empty at the end; undefined when there is nothing yet */
async function read(file: FileHandle): Promise<Buffer | undefined> {
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK));
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN')
      return undefined;
    throw error;
  }
}

function tooLate(patienceMs: number): string {
  return `whoever writes to it did not end within ${patienceMs / 1000} s: expected a regular file, or a pipe as in "<(cat ldirectord.cf)"`;
}
