import type { Socket } from 'node:net';
import type { VirtualService } from '../../../lib/model/virtual-service.ts';
import { ending, type Rig, tableOf, until } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

export const thresholds = {
  async 'a server at its upper threshold gets no more until it is below the lower'(
    t,
    rig,
  ) {
    const service = await rig.service();
    const server = await rig.server(() => {});
    const full = server.entry({ lower: 2, upper: 3 });
    await rig.engine.apply(tableOf(service, full));
    const clients = [];
    for (let n = 1; n <= 3; n++) clients.push(await enter(rig, service, n));
    t.equal(await ending(await rig.client(service)), 'ECONNRESET', 'a fourth');
    await leave(rig, service, clients.pop(), 2);
    t.equal(await ending(await rig.client(service)), 'ECONNRESET', 'not below 2 yet');
    await leave(rig, service, clients.pop(), 1);
    clients.push(await enter(rig, service, 2));
    t.equal((await rig.stats(service)).refusedConnections, 2);
  },

  async 'a threshold or weight beyond 32 bits is as good as none'(t, rig) {
    const service = await rig.service({ scheduler: 'wlc' });
    const server = await rig.server(() => {});
    const vast = { weight: 2 ** 32, lower: 2 ** 33, upper: 2 ** 32 + 1 };
    await rig.engine.apply(tableOf(service, server.entry(vast)));
    for (let n = 1; n <= 3; n++) await enter(rig, service, n);
    t.equal((await rig.stats(service)).refusedConnections, 0);
  },

  async 'without a lower threshold three quarters of the upper will do'(t, rig) {
    const service = await rig.service();
    const server = await rig.server(() => {});
    await rig.engine.apply(tableOf(service, server.entry({ upper: 4 })));
    const clients = [];
    for (let n = 1; n <= 4; n++) clients.push(await enter(rig, service, n));
    await leave(rig, service, clients.pop(), 3);
    t.equal(await ending(await rig.client(service)), 'ECONNRESET', '3 of 4');
    await leave(rig, service, clients.pop(), 2);
    clients.push(await enter(rig, service, 3));
    t.equal(clients.length, 3);
  },

  async 'a raised upper threshold ends the overload at once'(t, rig) {
    const service = await rig.service();
    const server = await rig.server(() => {});
    await rig.engine.apply(tableOf(service, server.entry({ upper: 1 })));
    await enter(rig, service, 1);
    t.equal(await ending(await rig.client(service)), 'ECONNRESET');
    await rig.engine.apply(tableOf(service, server.entry({ upper: 2 })));
    await enter(rig, service, 2);
  },

  async 'connections beyond one server go to the next'(t, rig) {
    const service = await rig.service();
    const small = await rig.server(() => {});
    const large = await rig.server((socket) => socket.end('large'));
    const servers = [small.entry({ upper: 1 }), large.entry()];
    await rig.engine.apply(tableOf(service, ...servers));
    await enter(rig, service, 1);
    for (let n = 0; n < 3; n++) t.equal(await rig.ask(service), 'large');
    t.equal((await rig.of(service, small.entry())).totalConnections, 1);
  },
} as const satisfies Record<string, EngineCase>;

/** A client whose connection has been scheduled, as the n-th at once. */
async function enter(rig: Rig, service: VirtualService, n: number): Promise<Socket> {
  const client = await rig.client(service);
  await until(async () => (await open(rig, service)) === n);
  return client;
}

async function leave(
  rig: Rig,
  service: VirtualService,
  client: Socket | undefined,
  rest: number,
): Promise<void> {
  client?.resetAndDestroy();
  await until(async () => (await open(rig, service)) === rest);
}

async function open(rig: Rig, service: VirtualService): Promise<number> {
  const { servers } = await rig.stats(service);
  return servers.reduce((sum, one) => sum + one.activeConnections, 0);
}
