import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { tableOf, until } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

const MEGABYTE = 1024 * 1024;
const SIZE = 100 * MEGABYTE;
/** What kernel buffers and the director may hold for one stalled connection on loopback. */
const IN_FLIGHT = 24 * MEGABYTE;

export const bulk = {
  async '100 MB down through a reader that stalls again and again are the same'(
    t,
    rig,
  ) {
    const service = await rig.service();
    let sent = '';
    const server = await rig.server(async (socket) => {
      sent = await send(socket);
    });
    await rig.engine.apply(tableOf(service, server.entry()));
    const client = await rig.client(service);
    t.equal(await digestSlowly(client), sent);
    const { bytesOut } = await rig.of(service, server.entry());
    t.equal(bytesOut, SIZE);
    client.end();
  },

  async '100 MB up through a reader that stalls again and again are the same'(t, rig) {
    const service = await rig.service();
    const server = await rig.server(() => {});
    await rig.engine.apply(tableOf(service, server.entry()));
    const arrived = server.next();
    const client = await rig.client(service);
    const sent = send(client);
    t.equal(await digestSlowly(await arrived), await sent);
    const { bytesIn } = await rig.of(service, server.entry());
    t.equal(bytesIn, SIZE);
  },

  async 'a reader that stalls for good holds the sender back'(t, rig) {
    const service = await rig.service();
    const server = await rig.server((socket) => {
      for (let i = 0; i < 8; i++) socket.write(Buffer.alloc(16 * MEGABYTE));
    });
    await rig.engine.apply(tableOf(service, server.entry()));
    const clients = await Promise.all(
      Array.from({ length: 4 }, () => rig.client(service)),
    );
    for (const client of clients) client.pause();
    let last = -1;
    let still = 0;
    await until(async () => {
      const { bytesOut } = await rig.of(service, server.entry());
      still = bytesOut === last && bytesOut > 0 ? still + 1 : 0;
      last = bytesOut;
      return still > 20;
    });
    t.ok(last < clients.length * IN_FLIGHT, `${last} bytes on their way`);
  },
} as const satisfies Record<string, EngineCase>;

/** Writes bytes that repeat nowhere near, then the FIN.
 *  @returns their sha256 */
async function send(socket: Socket): Promise<string> {
  const hash = createHash('sha256');
  let seed = 1;
  for (let left = SIZE; left > 0; left -= MEGABYTE) {
    const block = new Uint32Array(MEGABYTE / 4);
    for (let i = 0; i < block.length; i++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      block[i] = seed;
    }
    const bytes = new Uint8Array(block.buffer);
    hash.update(bytes);
    if (!socket.write(bytes)) await once(socket, 'drain');
  }
  socket.end();
  return hash.digest('hex');
}

/** Reads to the end, pausing after every few megabytes. */
async function digestSlowly(socket: Socket): Promise<string> {
  const hash = createHash('sha256');
  let unread = 0;
  socket.on('data', (chunk) => {
    hash.update(chunk);
    unread += chunk.length;
    if (unread < 3 * MEGABYTE) return;
    unread = 0;
    socket.pause();
    setTimeout(() => socket.resume(), 15);
  });
  await once(socket, 'end');
  return hash.digest('hex');
}
