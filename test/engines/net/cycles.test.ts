import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import type { ServerEntry } from '../../../lib/model/engine.ts';
import type { VirtualService } from '../../../lib/model/virtual-service.ts';
import { aReal } from '../../support/config.ts';
import { ending, rigFor, serverAt, until } from '../../support/engine-rig.ts';

const at = (
  { address = '', port = 0 }: VirtualService,
  fields: Partial<ServerEntry> = {},
) => serverAt(address, port, fields);

t.test(
  'of services that lead to each other one is not dialled, a chain is',
  async (t) => {
    const rig = rigFor(t, createNetEngine());
    const [a, b, c] = [await rig.service(), await rig.service(), await rig.service()];
    const server = await rig.server((socket) => socket.end('at the end of the chain'));
    const chain = [
      { service: a, servers: [at(b)] },
      { service: b, servers: [at(c)] },
    ];
    const accepted = async () => {
      const all = await Promise.all([a, b, c].map((service) => rig.stats(service)));
      return all.map(({ acceptedConnections }) => acceptedConnections);
    };

    await rig.engine.apply([...chain, { service: c, servers: [at(a)] }]);
    t.equal(await ending(await rig.client(a)), 'ECONNRESET');
    t.strictSame(await accepted(), [1, 1, 1], 'led no further');

    await rig.engine.apply([...chain, { service: c, servers: [server.entry()] }]);
    t.equal(await rig.ask(a), 'at the end of the chain');
    t.strictSame(await accepted(), [2, 2, 2]);

    await rig.engine.apply([...chain, { service: c, servers: [at(a)] }]);
    t.equal(await ending(await rig.client(a)), 'ECONNRESET', 'and then not any more');
  },
);

t.test(
  'who comes by a service of the file goes on, whatever a name answers',
  async (t) => {
    const rig = rigFor(t, createNetEngine());
    const a = await rig.service();
    const named = [aReal(`127.0.0.1:${a.port}`, { from: 'b.example' })];
    const b = await rig.service({ reals: named });
    const server = await rig.server((socket) => socket.end('good'));
    const table = (...back: readonly ServerEntry[]) => [
      { service: a, servers: [at(b)] },
      { service: b, servers: [server.entry(), ...back] },
    ];
    for (const back of [at(a), at(a, { weight: 0 })]) {
      await rig.engine.apply(table());
      t.equal(await rig.ask(a), 'good');
      await rig.engine.apply(table(back));
      for (let client = 0; client < 3; client++) {
        t.equal(await rig.ask(a), 'good');
        t.equal(await rig.ask(b), 'good');
      }
    }
  },
);

t.test('a connect to no address comes to loopback', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const service = await rig.service();
  const accepted = async () => (await rig.stats(service)).acceptedConnections;
  await rig.engine.apply([
    { service, servers: [serverAt('0.0.0.0', service.port ?? 0)] },
  ]);
  t.equal(await ending(await rig.client(service)), 'ECONNRESET');
  t.equal(await accepted(), 1);
});

t.test('a server that is not dialled costs the others nothing', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const a = await rig.service();
  const named = [aReal(`127.0.0.1:${a.port}`, { from: 'b.example' })];
  const rate = { connections: 1, windowMs: 10_000 };
  const options = { rebalance: 100, passive: rate };
  const b = await rig.service({ scheduler: 'wlc', reals: named }, options);
  const server = await rig.server(() => {});
  const table = (...back: readonly ServerEntry[]) => [
    { service: a, servers: [at(b)] },
    { service: b, servers: [server.entry(), ...back] },
  ];
  await rig.engine.apply(table());
  const told: string[] = [];
  const listening = (async () => {
    for await (const { type } of rig.engine.events) told.push(type);
  })();
  for (let client = 0; client < 20; client++) (await rig.client(b)).resume();
  const stats = () => rig.stats(b);
  await until(async () => (await stats()).servers[0]?.activeConnections === 20);
  // Only what is older than the server that came is moved.
  await sleep(100);

  await rig.engine.apply(table(at(a)));
  for (let client = 0; client < 5; client++) (await rig.client(b)).resume();
  await until(async () => (await stats()).servers[0]?.activeConnections === 25);
  await sleep(500);
  t.equal((await stats()).retiredConnections ?? 0, 0, 'nobody is moved to it');
  await rig.engine.close({ clean: true });
  await listening;
  t.notOk(told.includes('traffic-failed'), 'nor does it count as one that failed');
});
