import { createReadStream } from 'node:fs';

/** A file's bytes as Latin-1; undefined when there are more than `limit`.
 *  @throws what opening and reading throw */
export async function readBounded(
  path: string,
  limit: number,
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of createReadStream(path, { end: limit })) {
    chunks.push(chunk);
    size += chunk.length;
  }
  return size > limit ? undefined : Buffer.concat(chunks).toString('latin1');
}
