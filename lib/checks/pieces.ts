import type { Socket } from 'node:net';
import { during } from './socket.ts';

export interface PieceBounds {
  readonly signal: AbortSignal;
  /** What should come, for errors: "SIP/2.0 200". */
  readonly expected: string;
  /** Most bytes that are read. */
  readonly limit: number;
}

/** What comes over a socket, latin1-decoded, piece by piece until its end. The socket is gone
 *  afterwards. Rejects with the signal's reason, with errno, and past the limit. */
export async function* piecesOf(
  socket: Socket,
  { signal, expected, limit }: PieceBounds,
): AsyncGenerator<string, void> {
  let count = 0;
  const pieces: AsyncIterator<Buffer, undefined> = socket[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { value, done } = await next(pieces, signal, expected);
      if (done) return;
      count += value.length;
      if (count > limit)
        throw new Error(
          `expected ${expected}, got more than ${limit} bytes without it`,
        );
      yield value.toString('latin1');
    }
  } finally {
    socket.destroy();
  }
}

async function next(
  pieces: AsyncIterator<Buffer, undefined>,
  signal: AbortSignal,
  expected: string,
): Promise<IteratorResult<Buffer, undefined>> {
  try {
    const piece = await pieces.next();
    signal.throwIfAborted();
    return piece;
  } catch (error) {
    throw during(`expected ${expected}`, signal.aborted ? signal.reason : error);
  }
}
