import t from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import type { LeftClients } from '../../../../lib/model/heritage.ts';
import type { VirtualService } from '../../../../lib/model/virtual-service.ts';
import { rigFor, tableOf, until } from '../../../support/engine-rig.ts';

t.test('all workers tell who has come, and hear what others know', async (t) => {
  const rig = rigFor(t, createNetEngine({ workers: 4 }));
  const { heritage } = rig.engine;
  if (!heritage) throw new Error('it has one');
  const a = await rig.server((socket) => socket.end('a'));
  const b = await rig.server((socket) => socket.end('b'));
  const services: VirtualService[] = [];
  for (let count = 0; count < 8; count++)
    services.push(await rig.service({ persistent: 60 }));
  const table = (some: readonly VirtualService[]) =>
    some.flatMap((service) => tableOf(service, a.entry(), b.entry()));
  await rig.engine.apply(table(services));
  t.notOk((await heritage.news()).isAll);
  for (const service of services) await rig.ask(service, '127.0.0.1');
  const { texts, isAll } = await heritage.news();
  t.ok(isAll);
  const left = texts.map((text): LeftClients => JSON.parse(text));
  t.same(
    new Set(left.map(({ service }) => service)),
    new Set(services.map(({ id }) => id)),
  );
  t.strictSame(await heritage.news(), { texts: [], isAll: true });

  const known = { netmask: null, clients: ['7f000009'], ends: [Date.now() + 50_000] };
  heritage.merge(
    services.map(({ id }) => ({ service: id, server: b.entry().id, ...known })),
  );
  await until(async () =>
    (await rig.engine.stats()).every(
      ({ persistenceEntries }) => persistenceEntries === 2,
    ),
  );
  for (const service of services) t.equal(await rig.ask(service, '127.0.0.9'), 'b');

  // Services that go to other workers take their clients with them: nobody is told that they were forgotten.
  await rig.engine.apply(table(services.slice(3)));
  for (const text of (await heritage.news()).texts)
    t.notOk((JSON.parse(text) as LeftClients).ends.includes(0));
});
