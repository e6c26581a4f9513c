import type { Socket } from 'node:net';

/** Ends a connection that sends more than that before the check is done with it. To be called
 *  once a reader is attached: it makes the socket flow. */
export function boundReading(socket: Socket, bytes: number): void {
  let left = bytes;
  socket.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0)
      socket.destroy(new Error(`more than ${bytes.toLocaleString('en')} bytes came`));
  });
}

/** Says goodbye in the protocol's words, lest the server note a broken connection in its log at
 *  every check. Resolves when it is sent, or cannot be; waits for no answer. */
export async function sayGoodbye(socket: Socket, words: Buffer): Promise<void> {
  if (!socket.writable) return;
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.end(words, () => resolve());
  });
}
