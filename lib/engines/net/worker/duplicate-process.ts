import { Socket } from 'node:net';

/** Where the descriptors begin that its parent names: behind the standard streams and the channel. */
const FIRST = 4;

/** The entry of a process that lives for a moment: sends its parent a duplicate of each of so many sockets.
 *  It accepts nobody there, as a socket that is neither read nor written is not polled. */
function main(count: number): void {
  process.on('disconnect', () => process.exit());
  const sockets = Array.from(
    { length: count },
    (_, index) => new Socket({ fd: FIRST + index, readable: false, writable: false }),
  );
  for (const [index, socket] of sockets.entries())
    if ('_handle' in socket) process.send?.(index, socket._handle as Socket);
}

main(Number(process.argv[2]));
