import type { Socket } from 'node:net';
import t, { type Test } from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import type { ServerEntry } from '../../../../lib/model/engine.ts';
import type { VirtualService } from '../../../../lib/model/virtual-service.ts';
import { type Rig, rigFor, tableOf, until } from '../../../support/engine-rig.ts';
import { sharedPort } from '../../../support/shared-port.ts';

const WORKERS = 4;
const AT_ONCE = 20;

function test(name: string, run: (t: Test, rig: Rig) => Promise<void>): void {
  t.test(name, sharedPort(), (t) =>
    run(t, rigFor(t, createNetEngine({ workers: WORKERS }))),
  );
}

function greet(socket: Socket): void {
  socket.write('.');
  socket.resume().on('end', () => socket.end());
}

async function servers(rig: Rig, ...fields: readonly Partial<ServerEntry>[]) {
  return Promise.all(fields.map(async (own) => (await rig.server(greet)).entry(own)));
}

/** Clients that stay, many at once, each with the byte of its server. */
async function crowd(rig: Rig, service: VirtualService, count: number) {
  const clients: Socket[] = [];
  const one = async () => {
    while (clients.length < count) {
      const index = clients.push(undefined as never) - 1;
      const client = await rig.client(service);
      client.resume();
      clients[index] = client;
      await until(() => client.bytesRead === 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return clients;
}

async function active(rig: Rig, service: VirtualService): Promise<number[]> {
  const { servers } = await rig.stats(service);
  return servers.map(({ activeConnections }) => activeConnections);
}

function takesPart(t: Test, { engine }: Rig): void {
  const accepted = engine
    .workers()
    .map(({ acceptedConnections }) => acceptedConnections);
  t.equal(accepted.length, WORKERS);
  t.ok(
    accepted.every((count) => count > 0),
    `all workers take part: ${accepted}`,
  );
}

test('rr gives each server its turn over all workers', async (t, rig) => {
  const service = await rig.service({ scheduler: 'rr' });
  await rig.engine.apply(tableOf(service, ...(await servers(rig, {}, {}, {}, {}))));
  await crowd(rig, service, 402);
  t.same(await active(rig, service), [101, 101, 100, 100]);
  takesPart(t, rig);
});

test('wrr keeps the weights exactly over all workers', async (t, rig) => {
  const service = await rig.service({ scheduler: 'wrr' });
  const entries = await servers(rig, { weight: 3 }, { weight: 2 }, { weight: 1 });
  await rig.engine.apply(tableOf(service, ...entries));
  await crowd(rig, service, 300);
  t.same(await active(rig, service), [150, 100, 50]);
  takesPart(t, rig);
});

test('lc sees the connections of all workers', async (t, rig) => {
  const service = await rig.service({ scheduler: 'lc' });
  const [first, ...others] = await servers(rig, {}, {}, {}, {});
  if (!first) throw new RangeError('four servers');
  await rig.engine.apply(tableOf(service, ...others));
  await crowd(rig, service, 300);
  t.same(await active(rig, service), [100, 100, 100]);
  await rig.engine.apply(tableOf(service, first, ...others));
  await crowd(rig, service, 100);
  t.same(await active(rig, service), [100, 100, 100, 100], 'the empty one takes all');
  await crowd(rig, service, 4);
  t.same(await active(rig, service), [101, 101, 101, 101]);
  takesPart(t, rig);
});

test('upper thresholds hold over all workers', async (t, rig) => {
  const service = await rig.service({ scheduler: 'lc' });
  const entries = await servers(rig, { upper: 30 }, {});
  await rig.engine.apply(tableOf(service, ...entries));
  await crowd(rig, service, 200);
  t.same(await active(rig, service), [30, 170]);
  takesPart(t, rig);
});

test('counts are exact when all is over', async (t, rig) => {
  const service = await rig.service({ scheduler: 'wlc' });
  await rig.engine.apply(tableOf(service, ...(await servers(rig, {}, { weight: 2 }))));
  const clients = await crowd(rig, service, 300);
  t.same(await active(rig, service), [100, 200]);
  for (const client of clients) client.destroy();
  await until(() => rig.engine.workers().every((one) => one.openConnections === 0));
  const { servers: after } = await rig.stats(service);
  const over = { activeConnections: 0, inactiveConnections: 0 };
  t.match(after, [
    { ...over, totalConnections: 100 },
    { ...over, totalConnections: 200 },
  ]);
});

test('10,000 connections spread within 10 % over the workers', async (t, rig) => {
  const service = await rig.service();
  await rig.engine.apply(tableOf(service, ...(await servers(rig, {}))));
  for (let batch = 0; batch < 100; batch++) {
    const clients = Array.from({ length: 100 }, () => rig.client(service));
    for (const client of await Promise.all(clients)) client.resetAndDestroy();
  }
  const accepted = () =>
    rig.engine.workers().map(({ acceptedConnections }) => acceptedConnections);
  await until(() => accepted().reduce((sum, count) => sum + count) === 10_000);
  const even = 10_000 / WORKERS;
  for (const count of accepted())
    t.ok(Math.abs(count - even) <= even * 0.1, `${count} of ${even}`);
});
