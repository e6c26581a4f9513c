import type { Socket } from 'node:net';

/** Closes with a RST, whatever is queued. While a FIN is on its way to the kernel libuv refuses to
 *  reset (EINVAL) and the handle would stay open; that passes within a turn of the event loop. */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  const { writableEnded, writableFinished, writableLength } = socket;
  const shutting = writableEnded && !writableFinished && writableLength === 0;
  if (shutting) socket.once('finish', () => socket.resetAndDestroy());
  else socket.resetAndDestroy();
}
