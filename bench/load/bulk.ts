import { connect, type Socket } from 'node:net';
import type { Place } from '../place.ts';

const CHUNK = Buffer.alloc(1 << 20);
const SILENCE_MS = 20_000;

/** Fetches `/big` over one connection and drops it unread by anybody.
 *  @returns bytes of the body. @throws when it ends early or stops */
export async function download(place: Place, megabytes: number): Promise<number> {
  const want = megabytes * 1e6;
  let got = 0;
  let started = false;
  const room = Buffer.alloc(1 << 18);
  const socket = connect({
    ...place,
    onread: {
      buffer: room,
      callback: (bytes) => {
        // The head comes whole in the first read.
        const body = started ? 0 : room.subarray(0, bytes).indexOf('\r\n\r\n') + 4;
        started = true;
        got += bytes - body;
        return true;
      },
    },
  });
  socket.write(head('GET /big', 0), 'latin1');
  await closed(socket);
  if (got !== want) throw new Error(`download: ${got} of ${want} bytes`);
  return got;
}

/** Posts as much to `/sink` over one connection. @throws when it is not taken */
export async function upload(place: Place, megabytes: number): Promise<number> {
  const bytes = megabytes * 1e6;
  const socket = connect(place);
  let answer = '';
  socket.on('data', (text: Buffer) => {
    answer += text.toString('latin1');
  });
  socket.write(head('POST /sink', bytes), 'latin1');
  let left = bytes;
  const push = () => {
    while (left > 0) {
      const chunk = left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK;
      left -= chunk.length;
      if (!socket.write(chunk)) return;
    }
  };
  socket.on('drain', push);
  push();
  await closed(socket);
  if (!answer.startsWith('HTTP/1.1 200'))
    throw new Error(`upload: ${answer.slice(0, 80)}`);
  return bytes;
}

function head(line: string, length: number): string {
  return `${line} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`;
}

function closed(socket: Socket): Promise<void> {
  socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error('silent for too long')));
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => resolve());
  });
}

/** A transfer at each place at once, another one as soon as that is done, for the set time.
 *  @returns megabytes that went through */
export async function transfers(
  one: (place: Place, megabytes: number) => Promise<number>,
  places: readonly Place[],
  megabytes: number,
  seconds: number,
): Promise<number> {
  const until = performance.now() + seconds * 1000;
  const lane = async (place: Place) => {
    let bytes = 0;
    do bytes += await one(place, megabytes);
    while (performance.now() < until);
    return bytes;
  };
  const lanes = await Promise.all(places.map(lane));
  return lanes.reduce((sum, bytes) => sum + bytes, 0) / 1e6;
}
