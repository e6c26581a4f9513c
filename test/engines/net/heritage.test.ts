import t, { type Test } from 'tap';
import { Inquiries } from '../../../lib/engines/net/crew/inquiries.ts';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { NetHeritage } from '../../../lib/engines/net/heritage.ts';
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

/** What the engine would leave. */
async function leftBy({ engine }: Rig, most = 100): Promise<readonly LeftClients[]> {
  const texts = (await engine.heritage?.clients(most)) ?? [];
  return texts.map((text) => JSON.parse(text));
}

const inAMinute = () => Date.now() + 60_000;

/** A client that an earlier run left. */
function leftAt(
  { id, netmask }: VirtualService,
  server: string,
  end = inAMinute(),
  client = '7f000001',
): LeftClients {
  const mask = netmask ?? null;
  return { service: id, server, netmask: mask, clients: [client], ends: [end] };
}

t.test('a client goes on at its server in the next run', async (t) => {
  const before = aRig(t);
  const [a, b] = await pair(before);
  const service = await before.service({ persistent: 60 });
  await before.engine.apply(tableOf(service, a, b));
  t.equal(await before.ask(service, '127.0.0.1'), 'a');
  t.equal(await before.ask(service, '127.0.0.2'), 'b');
  const left = await leftBy(before);
  const [one] = left;
  t.match(left, [
    { service: service.id, server: a.id, netmask: null, clients: ['7f000001'] },
    { service: service.id, server: b.id, netmask: null, clients: ['7f000002'] },
  ]);
  const ms = (one?.ends[0] ?? 0) - Date.now();
  t.ok(ms > 30_000 && ms <= 60_000, `${ms} ms are left`);
  await before.engine.close({ clean: true });

  const after = aRig(t);
  after.engine.heritage?.take(left);
  await after.engine.apply(tableOf(service, a, b));
  t.equal((await after.stats(service)).persistenceEntries, 2);
  for (let times = 0; times < 2; times++) {
    t.equal(await after.ask(service, '127.0.0.2'), 'b');
    t.equal(await after.ask(service, '127.0.0.1'), 'a');
  }
});

t.test('it waits for its server, and asks for no listener by itself', async (t) => {
  const rig = aRig(t);
  const [a, b] = await pair(rig);
  const service = await rig.service({ persistent: 60 });
  rig.engine.heritage?.take([leftAt(service, b.id), leftAt(service, 'gone:80')]);
  const [outcome] = await rig.engine.apply(tableOf(service, { ...b, weight: 0 }));
  t.equal(outcome?.state, 'idle', 'as long as nobody else could be served');
  await rig.engine.apply(tableOf(service, a));
  t.equal((await rig.stats(service)).persistenceEntries, 0);
  await rig.engine.apply(tableOf(service, a, { ...b, weight: 0 }));
  t.equal((await rig.stats(service)).persistenceEntries, 1);
  t.equal(await rig.ask(service, '127.0.0.1'), 'b', 'a drained server keeps its own');
});

t.test('what does not hold any more is not taken', async (t) => {
  const rig = aRig(t);
  const [a, b] = await pair(rig);
  const masked = await rig.service({ persistent: 60, netmask: '255.255.255.0' });
  const plain = await rig.service({ persistent: 60 });
  const loose = await rig.service();
  rig.engine.heritage?.take([
    { ...leftAt(masked, b.id), netmask: null },
    leftAt(plain, b.id, Date.now()),
    leftAt(loose, b.id),
    leftAt({ ...plain, id: 'tcp:127.0.0.1:1' }, b.id),
  ]);
  const table = [masked, plain, loose].map((service) => ({ service, servers: [a, b] }));
  await rig.engine.apply(table);
  for (const { persistenceEntries } of await rig.engine.stats())
    t.equal(persistenceEntries, 0);
  t.equal(await rig.ask(plain, '127.0.0.1'), 'a');
});

t.test('what comes later tells nothing of who has come since', async (t) => {
  const rig = aRig(t);
  const [a, b] = await pair(rig);
  const service = await rig.service({ persistent: 60 });
  await rig.engine.apply(tableOf(service, a, b));
  t.equal(await rig.ask(service, '127.0.0.1'), 'a');
  const late = leftAt(service, b.id, inAMinute(), '7f000002');
  rig.engine.heritage?.take([leftAt(service, b.id), late]);
  await until(async () => (await rig.stats(service)).persistenceEntries === 2);
  t.equal(await rig.ask(service, '127.0.0.1'), 'a');
  t.equal(await rig.ask(service, '127.0.0.2'), 'b');
});

t.test('counters count on, from the first look on', async (t) => {
  const before = aRig(t);
  const [a, b] = await pair(before);
  const service = await before.service();
  await before.engine.apply(tableOf(service, a, b));
  for (let times = 0; times < 3; times++) await before.ask(service);
  await until(async () => (await before.of(service, a)).bytesOut === 2);
  const left = before.engine.heritage?.numbers() ?? [];
  await before.engine.close({ clean: true });

  const after = aRig(t);
  after.engine.heritage?.count(left);
  const counters = { acceptedConnections: 3, refusedConnections: 0, retries: 0 };
  const servers = [
    { id: a.id, totalConnections: 2, bytesOut: 2, activeConnections: 0 },
    { id: b.id, totalConnections: 1, bytesOut: 1, activeConnections: 0 },
  ];
  t.match(await after.engine.stats(), [{ ...counters, servers }], 'in no table yet');
  await after.engine.apply(tableOf(service, a));
  t.match(await after.stats(service), { ...counters, servers }, 'one of them is down');
  await after.ask(service);
  t.match(await after.stats(service), {
    acceptedConnections: 4,
    servers: [{ id: a.id, totalConnections: 3 }, servers[1]],
  });
  const [next] = after.engine.heritage?.numbers() ?? [];
  t.match(next?.servers, [{ id: a.id }], 'one that never came is forgotten');
  t.equal(next?.servers.length, 1);
  await after.engine.apply(tableOf(service, a, b));
  t.match(await after.of(service, b), { totalConnections: 1, bytesOut: 1 });
  after.engine.heritage?.count(left);
  t.match(await after.of(service, a), { totalConnections: 3 }, 'no sum of sums');
  await after.engine.apply(tableOf(service, a));
  await after.engine.apply(tableOf(service, a, b));
  t.match(await after.of(service, b), { totalConnections: 0 }, 'it left the table');
});

t.test('of many the newest are left', async (t) => {
  const rig = aRig(t);
  const [a] = await pair(rig);
  const service = await rig.service({ persistent: 60 });
  await rig.engine.apply(tableOf(service, a));
  const hex = (n: number) => `0a00${n.toString(16).padStart(4, '0')}`;
  const clients = Array.from({ length: 2500 }, (_, n) => hex(n));
  const ends = clients.map((_, n) => inAMinute() - 60_000 + 20_000 + n);
  rig.engine.heritage?.take([{ ...leftAt(service, a.id), clients, ends }]);
  await until(async () => (await rig.stats(service)).persistenceEntries === 2500);
  const all = await leftBy(rig, 2500);
  t.strictSame(
    all.map((sheaf) => sheaf.clients.length),
    [1000, 1000, 500],
  );
  const some = await leftBy(rig, 1200);
  t.strictSame(
    some.flatMap((sheaf) => sheaf.clients),
    clients.slice(-1200),
  );
});

t.test('a worker that does not answer leaves what is known of before', async (t) => {
  const inquiries = new Inquiries({ running: [0, 1], post() {} });
  const crew = { inquiries, begin() {}, reply() {} };
  const nothing = { services: [], gone: [], dismissed: [] };
  const heritage = new NetHeritage(crew, {
    ...{
      persisting: 2,
      persistingAt: () => 2,
      wants: () => true,
      snapshot: () => nothing,
    },
    ...{ numbers: () => [], count() {} },
  });
  const answer = heritage.clients(100);
  inquiries.heard(0, {
    ...{ type: 'answer', sequence: 1, items: ['{}'], count: 1, last: true },
  });
  await t.rejects(answer, {
    message: '1 of the worker threads did not answer within 2 s',
  });
});
