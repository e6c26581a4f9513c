import type { Socket } from 'node:net';

/** For a library that prints what a server makes it print: it goes on to read the socket, but
 *  nothing of it gets on stdout or stderr, and what it throws ends the connection. To be called
 *  when its reader is attached, and no other. */
export function readQuietly(socket: Socket): void {
  const readers = socket.listeners('data');
  socket.removeAllListeners('data');
  socket.on('data', (bytes: Buffer) => {
    try {
      silently(() => {
        for (const reader of readers) reader.call(socket, bytes);
      });
    } catch (error) {
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** The work is synchronous: nobody else speaks meanwhile, and goes unheard. */
function silently(work: () => void): void {
  const { error, log, trace, warn } = console;
  const mute = () => {};
  Object.assign(console, { error: mute, log: mute, trace: mute, warn: mute });
  try {
    work();
  } finally {
    Object.assign(console, { error, log, trace, warn });
  }
}
