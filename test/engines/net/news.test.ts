import t, { type Test } from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import type { LeftClients } from '../../../lib/model/heritage.ts';
import type { VirtualService } from '../../../lib/model/virtual-service.ts';
import { type Rig, rigFor, tableOf, until } from '../../support/engine-rig.ts';

function aRig(t: Test): Rig {
  return rigFor(t, createNetEngine());
}

async function pair(rig: Rig) {
  const a = await rig.server((socket) => socket.end('a'));
  const b = await rig.server((socket) => socket.end('b'));
  return [a.entry(), b.entry()] as const;
}

async function newsOf({ engine }: Rig) {
  const { texts, isAll } = (await engine.heritage?.news()) ?? { texts: [] };
  return { left: texts.map((text): LeftClients => JSON.parse(text)), isAll };
}

const inSeconds = (seconds: number) => Date.now() + seconds * 1000;

/** A client that another director knows. */
function knownAt(
  { id, netmask }: VirtualService,
  server: string,
  end = inSeconds(60),
  client = '7f000001',
): LeftClients {
  return {
    service: id,
    server,
    netmask: netmask ?? null,
    clients: [client],
    ends: [end],
  };
}

t.test('what has come since is told, once, and who was forgotten', async (t) => {
  const rig = aRig(t);
  const [a, b] = await pair(rig);
  const service = await rig.service({ persistent: 60 });
  await rig.engine.apply(tableOf(service, a, b));
  await rig.ask(service, '127.0.0.1');
  t.strictSame(await newsOf(rig), { left: [], isAll: false }, 'it begins here');
  t.strictSame(await newsOf(rig), { left: [], isAll: true });
  await rig.ask(service, '127.0.0.2');
  await rig.ask(service, '127.0.0.2');
  const { left } = await newsOf(rig);
  t.match(left, [{ service: service.id, server: b.id, clients: ['7f000002'] }]);
  t.equal(left[0]?.clients.length, 1);
  t.strictSame(await newsOf(rig), { left: [], isAll: true });
  await rig.engine.traffic.forget({ client: '127.0.0.2' });
  t.match((await newsOf(rig)).left, [{ clients: ['7f000002'], ends: [0] }]);
  rig.engine.heritage?.endNews();
  await rig.ask(service, '127.0.0.1');
  t.strictSame(await newsOf(rig), { left: [], isAll: false }, 'nothing was noted');
});

t.test('of two that know a client the later one is right', async (t) => {
  const rig = aRig(t);
  const [a, b] = await pair(rig);
  const service = await rig.service({ persistent: 60 });
  await rig.engine.apply(tableOf(service, a, b));
  const merge = async (one: LeftClients) => {
    rig.engine.heritage?.merge([one]);
    await newsOf(rig); // it comes behind
  };
  t.equal(await rig.ask(service, '127.0.0.1'), 'a');
  await merge(knownAt(service, b.id, inSeconds(50)));
  t.equal(await rig.ask(service, '127.0.0.1'), 'a', 'what the other knew is older');
  t.equal((await rig.stats(service)).persistenceEntries, 1);

  await merge(knownAt(service, a.id, inSeconds(30), '7f000009'));
  await merge(knownAt(service, b.id, inSeconds(40), '7f000009'));
  await merge(knownAt(service, a.id, inSeconds(20), '7f000009'));
  t.equal(await rig.ask(service, '127.0.0.9'), 'b', 'the latest of the other');
  await until(async () => {
    const { activeConnections, inactiveConnections } = await rig.of(service, b);
    return activeConnections + inactiveConnections === 0;
  });
  await merge(knownAt(service, b.id, 0, '7f000009'));
  t.equal((await rig.stats(service)).persistenceEntries, 1, 'forgotten there');
});

t.test('a client with a connection stays where it is', async (t) => {
  const rig = aRig(t);
  const a = await rig.server((socket) => socket.write('a'));
  const b = await rig.server((socket) => socket.end('b'));
  const service = await rig.service({ persistent: 1 });
  await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
  await newsOf(rig);
  const client = await rig.client(service);
  await until(async () => (await newsOf(rig)).left.length > 0);
  await until(async () => (await newsOf(rig)).left.length > 0);
  t.equal((await rig.stats(service)).persistenceEntries, 1, 'held, and told again');
  rig.engine.heritage?.merge([knownAt(service, b.entry().id, inSeconds(600))]);
  await newsOf(rig);
  const [entry] = (await rig.engine.traffic.persistence({}, 9)).items;
  t.equal(entry?.server, a.entry().id);
  client.destroy();
});

t.test('what is for a server that is not in the table yet waits', async (t) => {
  const rig = aRig(t);
  const [a, b] = await pair(rig);
  const service = await rig.service({ persistent: 60 });
  await rig.engine.apply(tableOf(service, { ...a, weight: 0 }, { ...b, weight: 0 }));
  rig.engine.heritage?.merge([
    knownAt(service, b.id),
    knownAt({ ...service, id: 'tcp:127.0.0.1:1' }, b.id),
  ]);
  await rig.engine.apply(tableOf(service, a));
  t.equal((await rig.stats(service)).persistenceEntries, 0);
  await rig.engine.apply(tableOf(service, a, b));
  t.equal((await rig.stats(service)).persistenceEntries, 1);
  t.equal(await rig.ask(service, '127.0.0.1'), 'b');
});

t.test('what is told of one that waits holds for it too', async (t) => {
  const rig = aRig(t);
  const [a, b] = await pair(rig);
  const service = await rig.service({ persistent: 60 });
  await rig.engine.apply(tableOf(service, a));
  const later = (client: string, end: number) => knownAt(service, b.id, end, client);
  rig.engine.heritage?.merge([later('7f000001', inSeconds(50))]);
  rig.engine.heritage?.merge([later('7f000001', 0)]);
  rig.engine.heritage?.merge([
    later('7f000002', inSeconds(20)),
    later('7f000003', inSeconds(40)),
    knownAt(service, a.id, inSeconds(30), '7f000002'),
    knownAt(service, a.id, inSeconds(30), '7f000003'),
  ]);
  await newsOf(rig);
  await rig.engine.apply(tableOf(service, a, b));
  const { items } = await rig.engine.traffic.persistence({}, 9);
  t.strictSame(
    items.map(({ client, server }) => `${client} ${server}`).toSorted(),
    [`127.0.0.2 ${a.id}`, `127.0.0.3 ${b.id}`],
    'one was forgotten, and of two the later one is right',
  );
});
