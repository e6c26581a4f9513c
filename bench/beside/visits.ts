import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from '../place.ts';

const REQUEST = 'GET /small HTTP/1.0\r\n\r\n';
const PATIENCE_MS = 10_000;
/** The director is done with one before the next comes: else two would share turns of its event loop. */
const PAUSE_MS = 2;

/** So many connections, one after the other, each with one request: what they make the director do
 *  is the same each time.
 *  @throws when one of them is not answered */
export async function visits({ host, port }: Place, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const socket = connect({ host, port });
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('no answer')));
    socket.end(REQUEST);
    socket.resume();
    await once(socket, 'close');
    if (socket.bytesRead === 0) throw new Error('an empty answer');
    await sleep(PAUSE_MS);
  }
}
