import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import { rigFor, tableOf, until } from '../../../support/engine-rig.ts';
import { sharedPort } from '../../../support/shared-port.ts';

t.test('the order of a queue holds over all workers', sharedPort(), async (t) => {
  const rig = rigFor(t, createNetEngine({ workers: 4 }));
  const service = await rig.service({}, { queue: 100, queueTimeoutMs: 60_000 });
  const server = await rig.server((socket) => {
    socket.on('data', (text) => socket.write(text));
    socket.on('end', () => socket.end());
  });
  await rig.engine.apply(tableOf(service, server.entry({ lower: 1, upper: 1 })));
  const served: string[] = [];
  const clients: Socket[] = [];
  for (let n = 0; n < 24; n++) {
    const client = await rig.client(service);
    client.write(String(n));
    client.on('data', (text) => served.push(text.toString()));
    clients.push(client);
    if (n === 0) await until(() => served.length === 1);
    else await until(async () => (await rig.stats(service)).limits?.queued === n);
  }
  const began = performance.now();
  for (let n = 0; n < clients.length; n++) {
    await until(() => served.length === n + 1);
    if (served[n] !== String(n)) break;
    clients[n]?.end();
  }
  const each = (performance.now() - began) / clients.length;
  t.comment(`24 clients in turn, ${each.toFixed(1)} ms each`);
  t.same(served.map(Number), [...clients.keys()]);
  const carried = rig.engine.workers().filter((one) => one.acceptedConnections > 0);
  t.ok(carried.length > 1, 'more than one worker had some of them');
  t.match((await rig.stats(service)).limits, { queued: 0, mostQueued: 23 });
});

t.test('a full queue in one worker is one in all', sharedPort(), async (t) => {
  const rig = rigFor(t, createNetEngine({ workers: 4 }));
  const service = await rig.service({}, { queue: 10, queueTimeoutMs: 60_000 });
  const server = await rig.server(() => {});
  await rig.engine.apply(tableOf(service, server.entry({ lower: 2, upper: 2 })));
  const clients = await Promise.all(
    Array.from({ length: 40 }, () => rig.client(service)),
  );
  for (const client of clients) client.resume();
  await until(() => clients.filter(({ destroyed }) => destroyed).length === 28);
  t.match(await rig.stats(service), { refusedConnections: 28, limits: { queued: 10 } });
  await until(() => server.sockets.length === 2);
});

t.test(
  'who waits for the full server of his hash holds up no other worker',
  sharedPort(),
  async (t) => {
    const rig = rigFor(t, createNetEngine({ workers: 4 }));
    const options = { queue: 20, queueTimeoutMs: 60_000, serverConnections: 1 };
    const service = await rig.service({ scheduler: 'sh' }, options);
    const servers = [];
    for (const name of ['a', 'b'])
      servers.push(await rig.server((socket) => socket.write(name)));
    const places = { lower: 1, upper: 1 };
    await rig.engine.apply(
      tableOf(service, ...servers.map((one) => one.entry(places))),
    );
    const visit = async (from: string, withinMs: number) => {
      const client = await rig.client(service, from);
      const name = new Promise<string>((tell) =>
        client.on('data', (text) => tell(String(text))),
      );
      const late = sleep(withinMs, undefined, { ref: false });
      return { client, name: await Promise.race([name, late]) };
    };
    const gone = async (client: Socket, left: number) => {
      client.resetAndDestroy();
      await until(async () => {
        const { servers } = await rig.stats(service);
        return servers.reduce((sum, one) => sum + one.activeConnections, 0) === left;
      });
    };
    const homes = new Map<string, string | undefined>();
    for (let n = 1; n <= 24; n++) {
      const { client, name } = await visit(`127.0.0.${n}`, 5000);
      homes.set(`127.0.0.${n}`, name);
      await gone(client, 0);
    }
    const first = await visit('127.0.0.1', 5000);
    t.equal((await visit('127.0.0.1', 300)).name, undefined, 'his server is full');
    const others = [...homes].filter(([, name]) => name !== first.name);
    t.ok(others.length > 4, `${others.length} have the other server`);
    for (const [from, home] of others) {
      const began = performance.now();
      const { client, name } = await visit(from, 5000);
      t.equal(name, home, `${(performance.now() - began).toFixed(0)} ms`);
      await gone(client, 1);
    }
    first.client.resetAndDestroy();
    await until(async () => (await rig.stats(service)).limits?.queued === 0);
    const carried = rig.engine.workers().filter((one) => one.acceptedConnections > 0);
    t.ok(carried.length > 1, 'more than one worker had some of them');
  },
);
