import fc from 'fast-check';
import type {
  FirstBytes,
  FirstReader,
} from '../../../lib/engines/net/worker/opening/first-bytes.ts';
import { mutated } from '../inputs.ts';

/** What a client begins with, a character a byte, and how it is cut into chunks. */
export function cutInputs(good: readonly string[], words: readonly string[]) {
  return fc.record({
    text: mutated(good, words),
    sizes: fc.array(fc.oneof(fc.integer({ min: 1, max: 8 }), fc.nat(200)), {
      minLength: 1,
      maxLength: 20,
    }),
  });
}

/** Gives it the chunks until it has an answer.
 *  @returns that, and how many bytes came until then; undefined: it wants more */
export function readCut<T>(
  reader: FirstReader<T>,
  bytes: Buffer,
  sizes: readonly number[],
): { readonly first: FirstBytes<T>; readonly end: number } | undefined {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const end = at + Math.max(1, sizes[turn % sizes.length] ?? 1);
    const first = reader.take(bytes.subarray(at, end));
    if (first) return { first, end };
    at = end;
  }
  return undefined;
}
