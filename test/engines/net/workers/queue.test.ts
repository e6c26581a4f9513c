import type { Socket } from 'node:net';
import t from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import { rigFor, tableOf, until } from '../../../support/engine-rig.ts';
import { sharedPort } from '../../../support/shared-port.ts';

t.test('the order of a queue holds over all workers', sharedPort(), async (t) => {
  const rig = rigFor(t, createNetEngine({ workers: 4 }));
  const service = await rig.service({}, { queue: 100 });
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
