import type { Socket } from 'node:net';
import { ending, received, tableOf, until } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

/** More than all buffers on the way hold. */
const FLOOD = Buffer.alloc(64 * 1024 * 1024, 'x');

export const ends = {
  async 'a client that has ended its side still gets the whole answer'(t, rig) {
    const service = await rig.service();
    const server = await rig.server(async (socket) => {
      const question = await received(socket);
      socket.end(`${question}!`);
    });
    await rig.engine.apply(tableOf(service, server.entry()));
    const client = await rig.client(service);
    client.end('hello');
    t.equal(await received(client), 'hello!');
  },

  async 'a server that has ended its side still gets the rest from the client'(t, rig) {
    const service = await rig.service();
    const server = await rig.server((socket) => socket.end('bye'));
    await rig.engine.apply(tableOf(service, server.entry()));
    const arrived = server.next();
    const client = await rig.client(service);
    t.equal(await received(client), 'bye');
    const real = await rig.of(service, server.entry());
    t.equal(real.inactiveConnections, 1, 'half-closed is inactive');
    client.end('and thanks');
    t.equal(await received(await arrived), 'and thanks');
    await until(async () => {
      const { inactiveConnections: left } = await rig.of(service, server.entry());
      return left === 0;
    });
  },

  async 'a reset by the client reaches the server as a reset'(t, rig) {
    const service = await rig.service();
    const server = await rig.server(() => {});
    await rig.engine.apply(tableOf(service, server.entry()));
    const arrived = server.next();
    const client = await rig.client(service);
    const end = ending(await arrived);
    client.resetAndDestroy();
    t.equal(await end, 'ECONNRESET');
  },

  async 'a reset by the server reaches the client as a reset'(t, rig) {
    const service = await rig.service();
    const server = await rig.server((socket) => socket.resetAndDestroy());
    await rig.engine.apply(tableOf(service, server.entry()));
    const client = await rig.client(service);
    t.equal(await ending(client), 'ECONNRESET');
  },

  async 'what a server says right before its reset arrives'(t, rig) {
    const service = await rig.service();
    const server = await rig.server((socket) =>
      socket.once('data', () => socket.write('413', () => socket.resetAndDestroy())),
    );
    await rig.engine.apply(tableOf(service, server.entry()));
    for (let round = 0; round < ROUNDS; round++) {
      const client = await rig.client(service);
      const said = saidBeforeReset(client);
      client.write('much');
      t.equal(await said, '413');
    }
  },

  async 'what a client says right before its reset arrives'(t, rig) {
    const service = await rig.service();
    const server = await rig.server(() => {});
    await rig.engine.apply(tableOf(service, server.entry()));
    for (let round = 0; round < ROUNDS; round++) {
      const arrived = server.next();
      const client = await rig.client(service);
      const said = saidBeforeReset(await arrived);
      client.write('quit', () => client.resetAndDestroy());
      t.equal(await said, 'quit');
    }
  },

  async 'a reset by the server passes data that a stalled client has not read'(t, rig) {
    const service = await rig.service();
    const server = await rig.server((socket) => socket.write(FLOOD));
    await rig.engine.apply(tableOf(service, server.entry()));
    const arrived = server.next();
    const client = await rig.client(service);
    client.pause();
    const socket = await arrived;
    await stalled(() => rig.of(service, server.entry()).then((own) => own.bytesOut));
    socket.resetAndDestroy();
    await until(async () => {
      const own = await rig.of(service, server.entry());
      return own.activeConnections + own.inactiveConnections === 0;
    });
    t.equal(await ending(client), 'ECONNRESET');
  },

  async 'a reset by the client passes data that a stalled server has not read'(t, rig) {
    const service = await rig.service();
    const server = await rig.server((socket) => socket.pause());
    await rig.engine.apply(tableOf(service, server.entry()));
    const arrived = server.next();
    const client = await rig.client(service);
    client.write(FLOOD);
    const socket = await arrived;
    await stalled(() => rig.of(service, server.entry()).then((own) => own.bytesIn));
    client.resetAndDestroy();
    await until(async () => {
      const own = await rig.of(service, server.entry());
      return own.activeConnections + own.inactiveConnections === 0;
    });
    t.equal(await ending(socket), 'ECONNRESET');
  },
} as const satisfies Record<string, EngineCase>;

/** Data and reset meet in one read now and then. */
const ROUNDS = 20;

/** All that a socket hears until it is reset. */
async function saidBeforeReset(socket: Socket): Promise<string> {
  let said = '';
  socket.on('data', (chunk) => {
    said += chunk;
  });
  const end = await ending(socket);
  return end === 'ECONNRESET' ? said : `${said}, then ${end}`;
}

/** Waits until a count has grown and then stands still. */
async function stalled(count: () => Promise<number>): Promise<void> {
  let last = 0;
  let still = 0;
  await until(async () => {
    const now = await count();
    still = now > 0 && now === last ? still + 1 : 0;
    last = now;
    return still > 10;
  });
}
