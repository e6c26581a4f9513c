import type { Socket } from 'node:net';
import { ending, type Rig, tableOf, until } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

const AGE_MS = 1500;
/** Of the wheel, and of the first look. */
const EARLY_MS = 700;
/** Of a busy machine. */
const LATE_MS = 10_000;

/** How each ends, and how long after that. */
function lives(clients: readonly Socket[], began: number) {
  return Promise.all(
    clients.map(async (client) => {
      const end = await ending(client);
      return { end, ms: performance.now() - began };
    }),
  );
}

async function aged(rig: Rig, jitter: number) {
  const options = { maxAgeMs: AGE_MS, maxAgeJitter: jitter };
  return rig.service({}, options);
}

/** What becomes of connections that are old. */
export const ages = {
  async 'connections end between the longest age and its jitter, with a FIN where nothing goes on'(
    t,
    rig,
  ) {
    const service = await aged(rig, 1);
    const server = await rig.server((socket) => socket.on('end', () => socket.end()));
    await rig.engine.apply(tableOf(service, server.entry()));
    const began = performance.now();
    const clients = await Promise.all(
      Array.from({ length: 40 }, () => rig.client(service)),
    );
    const ended = await lives(clients, began);
    t.strictSame(new Set(ended.map(({ end }) => end)), new Set(['end']));
    const times = ended.map(({ ms }) => ms);
    const [first, last] = [Math.min(...times), Math.max(...times)];
    // Their clock begins at the connect, a moment before the first look.
    t.ok(first > AGE_MS - EARLY_MS, `the first after ${first} ms`);
    t.ok(last < 2 * AGE_MS + LATE_MS, `the last after ${last} ms`);
    t.ok(last - first > AGE_MS / 3, `spread over ${last - first} ms`);
    await until(() => server.sockets.every(({ readableEnded }) => readableEnded));
    t.strictSame(
      server.sockets.map(({ errored }) => errored),
      clients.map(() => null),
    );
    t.equal((await rig.stats(service)).retiredConnections, 40);
    await rig.connections(service, 0);
  },

  async 'one that is in the middle of something is reset when it is too old'(t, rig) {
    const service = await aged(rig, 0);
    const server = await rig.server((socket) => {
      const timer = setInterval(() => socket.write('.'), 50);
      socket.on('close', () => clearInterval(timer));
    });
    await rig.engine.apply(tableOf(service, server.entry()));
    const began = performance.now();
    const [one] = await lives([await rig.client(service)], began);
    t.equal(one?.end, 'ECONNRESET');
    t.ok((one?.ms ?? 0) > AGE_MS - EARLY_MS);
  },

  async 'one that nobody takes bytes of is reset when it is too old'(t, rig) {
    const service = await aged(rig, 0);
    const server = await rig.server((socket) => {
      socket.write(Buffer.alloc(32_000_000));
    });
    await rig.engine.apply(tableOf(service, server.entry()));
    const arrived = server.next();
    const client = await rig.client(service);
    t.equal(await ending(await arrived), 'ECONNRESET');
    client.destroy();
  },
} as const satisfies Record<string, EngineCase>;
