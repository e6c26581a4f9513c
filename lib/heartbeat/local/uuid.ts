import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeAtomically } from '../../model/atomic-write.ts';
import { absent } from './generation.ts';

const BYTES = 16;

/** The node's id of `uuidfrom file`: made at the first start, and the same ever after. Heartbeat reads and
 *  writes the same file.
 *  @throws when it cannot be written, or is none */
export async function uuidOfFile(file: string): Promise<Uint8Array> {
  const known = await readFile(file).catch(absent);
  if (known?.length === BYTES) return known;
  if (known)
    throw new Error(
      `${file}: expected ${BYTES} bytes, found ${known.length}: remove the file, and a new id is made`,
    );
  const made = randomBytes(BYTES);
  await writeAtomically(file, made);
  return made;
}
