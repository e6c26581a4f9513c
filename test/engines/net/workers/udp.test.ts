import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { extname } from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import { udpClient, udpServer, udpService } from '../../../support/datagrams.ts';
import { type Rig, rigFor, tableOf, until } from '../../../support/engine-rig.ts';
import { sharedPort } from '../../../support/shared-port.ts';

const MORTAL = new URL(
  `../fixtures/mortal-worker${extname(import.meta.url)}`,
  import.meta.url,
);
const WORKERS = 4;
const CROWD = 40;

function rigOf(t: Test, workers = WORKERS): Rig {
  return rigFor(t, createNetEngine({ workers, workerScript: MORTAL }));
}

function crowdAt(t: Test, service: Parameters<typeof udpClient>[1]) {
  return Promise.all(Array.from({ length: CROWD }, () => udpClient(t, service)));
}

t.test(
  'clients spread over the workers, and stay at theirs',
  sharedPort(),
  async (t) => {
    const rig = rigOf(t);
    const service = await udpService(rig);
    const servers = [await udpServer(t, () => 'a'), await udpServer(t, () => 'b')];
    await rig.engine.apply(tableOf(service, ...servers.map((one) => one.entry())));
    const clients = await crowdAt(t, service);
    const first = await Promise.all(clients.map((client) => client.ask()));
    t.same([...first].sort(), [...'a'.repeat(CROWD / 2), ...'b'.repeat(CROWD / 2)]);
    for (let n = 0; n < 3; n++)
      t.same(await Promise.all(clients.map((client) => client.ask())), first);
    const open = rig.engine.workers().map(({ openConnections }) => openConnections);
    t.ok(
      open.every((count) => count > 0),
      String(open),
    );
  },
);

t.test(
  'sessions of all workers outlive a table of quiesced servers',
  sharedPort(),
  async (t) => {
    const rig = rigOf(t);
    const service = await udpService(rig, {}, { udpIdleTimeoutMs: 5000 });
    const a = await udpServer(t, () => 'a');
    await rig.engine.apply(tableOf(service, a.entry()));
    const few = (await crowdAt(t, service)).slice(0, 3);
    for (const client of few) t.equal(await client.ask(), 'a');
    const idle = rig.event('outcome');
    t.match(await rig.engine.apply(tableOf(service, a.entry({ weight: 0 }))), [
      { state: 'carried' },
    ]);
    for (let n = 0; n < 10; n++) {
      for (const client of few) t.equal(await client.ask(), 'a');
      await new Promise((wait) => setTimeout(wait, 700));
    }
    t.match((await idle).outcome, { state: 'idle' });
    t.equal(await (await udpClient(t, service)).ask(), 'ECONNREFUSED');
  },
);

t.test(
  'a worker that dies loses its sessions only for a moment',
  sharedPort(),
  async (t) => {
    const rig = rigOf(t);
    const service = await udpService(rig, { scheduler: 'lc' });
    const servers = [await udpServer(t, () => 'a'), await udpServer(t, () => 'b')];
    await rig.engine.apply(tableOf(service, ...servers.map((one) => one.entry())));
    const clients = await crowdAt(t, service);
    for (const client of clients) await client.ask();
    const lost = rig.engine.workers()[2]?.openConnections ?? 0;
    const died = rig.event('notice');
    const channel = new BroadcastChannel('mortal-worker');
    channel.postMessage({ worker: 2, how: 'at once' });
    channel.close();
    await died;
    const active = async () =>
      (await rig.stats(service)).servers.reduce(
        (sum, { activeConnections }) => sum + activeConnections,
        0,
      );
    t.equal(await active(), CROWD - lost, 'the counts are those of the others');
    await until(async () => {
      const answers = clients.map((client) => client.ask());
      return (await Promise.all(answers)).every((answer) => /^[ab]$/.test(answer));
    });
  },
);

t.test(
  'two directors never share an address, nor with others',
  sharedPort(),
  async (t) => {
    const other = createSocket({ type: 'udp4', reusePort: true });
    await once(other.bind(0, '127.0.0.1'), 'listening');
    t.teardown(() => other.close());
    const [one, two] = [rigOf(t), rigOf(t)];
    const a = await udpServer(t, () => 'a');
    const held = await udpService(one, { port: other.address().port });
    const wanted = await udpService(one);
    const table = [...tableOf(held, a.entry()), ...tableOf(wanted, a.entry())];
    const outcomes = await Promise.all([
      one.engine.apply(table),
      two.engine.apply(table),
    ]);
    for (const [first] of outcomes)
      t.match(first, { state: 'failed', problem: `(pid ${process.pid})` });
    const states = outcomes.map(([, second]) => second?.state);
    t.same(states.sort(), ['carried', 'failed']);
  },
);
