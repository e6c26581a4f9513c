import { ending, received, tableOf, until } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

export const timeouts = {
  async 'a silent connection is reset on both sides after the idle time'(t, rig) {
    const service = await rig.service({}, { idleTimeoutMs: 500 });
    const server = await rig.server(() => {});
    await rig.engine.apply(tableOf(service, server.entry()));
    const arrived = server.next();
    const client = await rig.client(service);
    const ends = [ending(client), ending(await arrived)];
    t.same(await Promise.all(ends), ['ECONNRESET', 'ECONNRESET']);
  },

  async 'a connection with traffic outlives the idle time'(t, rig) {
    const service = await rig.service({}, { idleTimeoutMs: 5_000 });
    const server = await rig.server((socket) => socket.pipe(socket));
    await rig.engine.apply(tableOf(service, server.entry()));
    const client = await rig.client(service);
    let echoed = 0;
    const enough = new Promise<void>((resolve) => {
      client.on('data', () => {
        if (++echoed === 30) resolve();
        else setTimeout(() => client.write('.'), 250);
      });
    });
    client.write('.');
    await Promise.race([enough, ending(client)]);
    t.equal(echoed, 30);
    client.destroy();
  },

  async 'a half-closed connection has its own, shorter time'(t, rig) {
    const service = await rig.service({}, { halfClosedTimeoutMs: 500 });
    const server = await rig.server((socket) => socket.resume());
    await rig.engine.apply(tableOf(service, server.entry()));
    const arrived = server.next();
    const client = await rig.client(service);
    const end = ending(client);
    client.end();
    const socket = await arrived;
    t.equal(await end, 'ECONNRESET');
    // after the FIN nobody polls the socket for a reset; a write tells
    await until(() => {
      if (!socket.destroyed) socket.write('.');
      return socket.destroyed;
    });
    t.ok(socket.errored, 'the server was told too');
  },

  async 'a slow reader gets the rest though the half-closed time is over'(t, rig) {
    const service = await rig.service({}, { halfClosedTimeoutMs: 300 });
    const page = Buffer.alloc(1_000_000, 'x'); // less than the kernel holds
    const server = await rig.server((socket) => socket.end(page));
    await rig.engine.apply(tableOf(service, server.entry()));
    const client = await rig.client(service); // reads nothing yet
    await until(async () => {
      const { activeConnections, inactiveConnections, bytesOut } = await rig.of(
        service,
        server.entry(),
      );
      return bytesOut > 0 && activeConnections + inactiveConnections === 0;
    });
    const answer = await received(client);
    t.equal(answer.length, page.length);
  },
} as const satisfies Record<string, EngineCase>;
