import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import type { VirtualService } from '../../../lib/model/virtual-service.ts';
import { blackHole } from '../../support/black-hole.ts';
import { rigFor, serverAt, tableOf, until } from '../../support/engine-rig.ts';

const CLIENTS = 8;
/** Far from the 100 ms after which a queue is looked at anyway, at the most. */
const WAITS_MS = 400;

/** A service with one place at each of two servers, and a queue of one. */
async function stage(t: Test, fields: Partial<VirtualService>) {
  const rig = rigFor(t, createNetEngine());
  const options = { queue: 1, queueTimeoutMs: 60_000, serverConnections: 1 };
  const service = await rig.service(fields, options);
  const servers = [];
  for (const name of ['a', 'b'])
    servers.push(await rig.server((socket) => socket.write(name)));
  const places = { lower: 1, upper: 1 };
  const entries = servers.map((server) => server.entry(places));
  await rig.engine.apply(tableOf(service, ...entries));
  /** @returns the client, and its server, within the time; undefined: it waits, or was refused */
  const visit = async (from: string, withinMs = 10_000) => {
    const client: Socket = await rig.client(service, from);
    const server = await Promise.race([
      new Promise<string>((tell) => client.on('data', (text) => tell(String(text)))),
      sleep(withinMs, undefined, { ref: false }),
    ]);
    return { client, server };
  };
  return { rig, service, visit };
}

t.test('who is held to a full server holds nobody up who is not', async (t) => {
  const { rig, service, visit } = await stage(t, { persistent: 300 });
  t.ok((await visit('127.0.0.9')).server);
  await rig.client(service, '127.0.0.9');
  await until(async () => (await rig.stats(service)).limits?.queued === 1);
  const began = performance.now();
  for (let n = 0; n < CLIENTS; n++) {
    const { client, server } = await visit(`127.0.1.${n + 1}`);
    t.ok(server, `client ${n}, though the queue is full`);
    client.resetAndDestroy();
    await until(async () => {
      const { servers } = await rig.stats(service);
      return servers.reduce((sum, one) => sum + one.activeConnections, 0) === 1;
    });
  }
  const took = (performance.now() - began) / CLIENTS;
  t.comment(`${took.toFixed(0)} ms each`);
});

t.test('nor who has the full server of his hash', async (t) => {
  const { visit } = await stage(t, { scheduler: 'sh' });
  const { server: first } = await visit('127.0.0.1');
  const waits = await visit('127.0.0.1', WAITS_MS);
  t.equal(waits.server, undefined);
  const seen = new Set<string>();
  for (let n = 2; n < 40 && seen.size === 0; n++) {
    const { client, server } = await visit(`127.0.0.${n}`, 2000);
    if (server) seen.add(server);
    else client.resetAndDestroy();
  }
  t.notOk(seen.has(first ?? ''));
  t.equal(seen.size, 1, 'one of the other hash was served, past him');
});

t.test('who must try another server keeps its place meanwhile', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const caps = { queue: 10, queueTimeoutMs: 60_000, serviceConnections: 1 };
  const service = await rig.service({}, { ...caps, connectTimeoutMs: 1000 });
  const served: string[] = [];
  const server = await rig.server((socket) =>
    socket.on('data', (text) => {
      served.push(String(text));
      socket.resetAndDestroy();
    }),
  );
  const silent = serverAt('127.0.0.1', await blackHole(t));
  await rig.engine.apply(tableOf(service, silent, server.entry()));
  const say = async (word: string) => (await rig.client(service)).write(word);
  // by turns: one of the first two is sent to the silent one
  await say('0');
  await say('1');
  await say('2');
  await say('3');
  await until(() => served.length === 4);
  t.same(served, ['0', '1', '2', '3']);
});
