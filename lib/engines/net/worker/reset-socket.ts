import type { Socket } from 'node:net';

const NOTHING = new Uint8Array(0);

/** Closes with a RST, whatever is queued. While a FIN is on its way to the kernel libuv refuses to
 *  reset (EINVAL) and the handle would stay open; that passes within a turn of the event loop. */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  const { writableEnded, writableFinished, writableLength } = socket;
  const shutting = writableEnded && !writableFinished && writableLength === 0;
  if (shutting) socket.once('finish', () => socket.resetAndDestroy());
  else socket.resetAndDestroy();
}

/** Whether the peer has reset the connection. Reading does not always tell: a socket that is not
 *  read from is not polled, and where a RST comes right behind data libuv reports an end instead
 *  (observed). A write of nothing does: the kernel fails it with what is pending on the socket.
 *  False when our own FIN has gone out already, or when bytes are queued, which will tell. */
export function wasReset(socket: Socket): boolean {
  if (!socket.writable || socket.writableLength > 0) return false;
  socket.write(NOTHING);
  return socket.errored !== null;
}

/** The same in the moment of the first end, for a socket whose peer's address nobody has asked for
 *  yet: cheaper than a write. A socket that was reset has no peer any more. */
export function endedByReset(socket: Socket): boolean {
  return socket.remoteAddress === undefined;
}
