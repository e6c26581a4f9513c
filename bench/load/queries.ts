import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Place } from '../place.ts';

const LANES = 32;
const BYTES = 64;
const LOST_MS = 1000;

/** Queries over 32 ports, on each one after another; the answer begins as its query does.
 *  @returns queries answered. @throws when one was not */
export async function queries(
  place: Place,
  seconds: number,
  signal: AbortSignal,
): Promise<number> {
  const until = performance.now() + seconds * 1000;
  const more = () => performance.now() < until && !signal.aborted;
  const counts = await Promise.all(
    Array.from({ length: LANES }, () => lane(place, more)),
  );
  signal.throwIfAborted();
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Whether one is answered there. */
export async function answers(host: string, port: number): Promise<boolean> {
  try {
    return (await lane({ host, port }, () => false)) === 1;
  } catch {
    return false;
  }
}

/** @param more  asked after each; the first is sent in any case
 *  @returns queries answered. @throws when one was not */
async function lane(place: Place, more: () => boolean): Promise<number> {
  const socket = createSocket('udp4');
  try {
    const connected = once(socket, 'connect');
    socket.connect(place.port, place.host);
    await connected;
    return await exchange(socket, more);
  } finally {
    socket.close();
  }
}

function exchange(socket: Socket, more: () => boolean): Promise<number> {
  const query = Buffer.alloc(BYTES);
  let count = 0;
  return new Promise((resolve, reject) => {
    const lost = () => reject(new Error('a query was lost'));
    const timer = setTimeout(lost, LOST_MS);
    const end = (settle: () => void) => {
      clearTimeout(timer);
      settle();
    };
    const ask = () => {
      query.writeUInt16BE(count % 65_536);
      socket.send(query);
      timer.refresh();
    };
    socket.on('error', (error) => end(() => reject(error)));
    socket.on('message', (answer) => {
      if (answer.readUInt16BE() !== count % 65_536) return;
      count++;
      if (more()) ask();
      else end(() => resolve(count));
    });
    ask();
  });
}
