import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { extname } from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import {
  freePort,
  type Rig,
  rigFor,
  tableOf,
  until,
} from '../../../support/engine-rig.ts';
import { sharedPort } from '../../../support/shared-port.ts';

const MORTAL = new URL(
  `../fixtures/mortal-worker${extname(import.meta.url)}`,
  import.meta.url,
);
const WORKERS = 4;
const LISTENING = '0A';

function rigOf(t: Test, workers = WORKERS): Rig {
  return rigFor(t, createNetEngine({ workers, workerScript: MORTAL }));
}

/** Inodes of the sockets that listen at the port. */
function listeners(port: number | undefined): string[] {
  const lines = readFileSync('/proc/net/tcp', 'latin1').split('\n');
  const fields = lines.map((line) => line.trim().split(/\s+/));
  return fields
    .filter(([, local = '', , state]) => state === LISTENING && portOf(local) === port)
    .map((line) => line[9] ?? '');
}

function portOf(local: string): number {
  return Number.parseInt(local.split(':')[1] ?? '', 16);
}

async function sharing(t: Test, port: number): Promise<Server> {
  const server = createServer().listen({ host: '127.0.0.1', port, reusePort: true });
  await once(server, 'listening');
  t.teardown(() => server.close());
  return server;
}

t.test(
  'a change closes no listener of a service that stays',
  sharedPort(),
  async (t) => {
    const rig = rigOf(t);
    const service = await rig.service();
    const a = await rig.server((socket) => socket.end('a'));
    await rig.engine.apply(tableOf(service, a.entry()));
    const before = listeners(service.port);
    t.equal(before.length, WORKERS);
    await rig.engine.apply(tableOf(service, a.entry()));
    await rig.engine.apply(
      tableOf({ ...service, scheduler: 'wlc' }, a.entry({ weight: 5 })),
    );
    t.same(listeners(service.port), before);
    await rig.engine.apply(tableOf(service, a.entry({ weight: 0 })));
    t.same(listeners(service.port), [], 'and all close before apply() resolves');
  },
);

t.test(
  'a service that keeps state of its own lives in one worker',
  sharedPort(),
  async (t) => {
    const rig = rigOf(t);
    const a = await rig.server((socket) => socket.end('a'));
    const alone = [
      await rig.service({ persistent: 60 }),
      await rig.service({ scheduler: 'lblc' }),
      await rig.service({ scheduler: 'lblcr' }),
      await rig.service({ persistent: 60 }),
    ];
    await rig.engine.apply(alone.flatMap((service) => tableOf(service, a.entry())));
    for (const service of alone) {
      t.equal(listeners(service.port).length, 1);
      t.equal(await rig.ask(service), 'a');
    }
    const accepted = () => rig.engine.workers().map((one) => one.acceptedConnections);
    t.same(accepted(), [1, 1, 1, 1], 'each in another');

    const [service] = alone;
    if (!service) throw new RangeError('a service');
    await rig.engine.apply(tableOf({ ...service, persistent: undefined }, a.entry()));
    const everywhere = listeners(service.port);
    t.equal(everywhere.length, WORKERS);
    t.equal(await rig.ask(service), 'a');
    await rig.engine.apply(tableOf(service, a.entry()));
    t.same(listeners(service.port), everywhere, 'no socket closes');
    const before = accepted();
    for (let at = 0; at < 20; at++) t.equal(await rig.ask(service), 'a');
    const busy = accepted().filter((now, worker) => now > (before[worker] ?? 0));
    t.equal(busy.length, 1, 'all of them are in one worker');
  },
);

t.test('two directors never share an address', sharedPort(), async (t) => {
  for (const workers of [
    [4, 4],
    [1, 4],
    [4, 1],
  ] as const) {
    const [one, two] = workers.map((count) => rigOf(t, count));
    if (!one || !two) throw new RangeError('two');
    const a = await one.server((socket) => socket.end('a'));
    const services = await Promise.all(Array.from({ length: 3 }, () => one.service()));
    const table = services.flatMap((service) => tableOf(service, a.entry()));
    const [first, second] = await Promise.all([
      one.engine.apply(table),
      two.engine.apply(table),
    ]);
    for (const [n, service] of services.entries()) {
      const both = [first[n], second[n]];
      const carried = both.filter((outcome) => outcome?.state === 'carried');
      t.equal(carried.length, 1, `${workers}: ${JSON.stringify(both)}`);
      const refused = both.find((outcome) => outcome?.state === 'failed');
      t.match(refused?.problem, `(pid ${process.pid})`);
      t.equal(await one.ask(service), 'a');
    }
    await Promise.all([
      one.engine.close({ clean: true }),
      two.engine.close({ clean: true }),
    ]);
  }
});

t.test('one that would share is refused, and named', sharedPort(), async (t) => {
  const rig = rigOf(t);
  const service = await rig.service({ port: await freePort() });
  const a = await rig.server((socket) => socket.end('a'));
  const other = await sharing(t, service.port ?? 0);
  const [outcome] = await rig.engine.apply(tableOf(service, a.entry()));
  t.match(outcome, { state: 'failed', problem: `(pid ${process.pid})` });
  t.equal(listeners(service.port).length, 1);
  const changed = rig.event('outcome');
  other.close();
  t.match((await changed).outcome, { state: 'carried' });
  t.equal(listeners(service.port).length, WORKERS);
});

t.test(
  'nor does a new worker share what another took meanwhile',
  sharedPort(),
  async (t) => {
    const rig = rigOf(t);
    const service = await rig.service({ persistent: 60 });
    const a = await rig.server((socket) => socket.end('a'));
    await rig.engine.apply(tableOf(service, a.entry()));
    const died = rig.event('notice');
    const channel = new BroadcastChannel('mortal-worker');
    channel.postMessage({ worker: 0, how: 'at once' });
    channel.close();
    await died;
    const other = await sharing(t, service.port ?? 0);
    t.match((await rig.event('outcome')).outcome, {
      state: 'failed',
      problem: 'held by',
    });
    const changed = rig.event('outcome');
    other.close();
    t.match((await changed).outcome, { state: 'carried' });
    t.equal(await rig.ask(service), 'a');
  },
);

t.test('the cap on connections is one for all workers', sharedPort(), async (t) => {
  const rig = rigFor(t, createNetEngine({ workers: WORKERS, maxConnections: 20 }));
  const service = await rig.service();
  const a = await rig.server((socket) => {
    socket.write('a');
    socket.resume().on('end', () => socket.end());
  });
  await rig.engine.apply(tableOf(service, a.entry()));
  const enter = async () => {
    const client = await rig.client(service);
    client.resume();
    await until(() => client.bytesRead === 1 || client.destroyed);
    return client;
  };
  const clients = [];
  for (let n = 0; n < 25; n++) clients.push(await enter());
  const inside = clients.filter(({ destroyed }) => !destroyed);
  t.equal(inside.length, 20);
  t.equal((await rig.stats(service)).refusedConnections, 5);
  for (const client of inside.slice(0, 3)) client.destroy();
  const open = () =>
    rig.engine.workers().reduce((sum, { openConnections }) => sum + openConnections, 0);
  await until(() => open() === 17);
  for (let n = 0; n < 4; n++) clients.push(await enter());
  t.equal(clients.filter(({ destroyed }) => !destroyed).length, 20);
});
