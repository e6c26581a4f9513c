import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { extname, join } from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { rigFor, tableOf, until } from '../../support/engine-rig.ts';
import type { DeathSentence } from './fixtures/mortal-worker.ts';

const MORTAL = new URL(
  `./fixtures/mortal-worker${extname(import.meta.url)}`,
  import.meta.url,
);
const STUCK = new URL(
  `./fixtures/stuck-at-start${extname(import.meta.url)}`,
  import.meta.url,
);

t.test('a worker that dies is replaced, and loses its connections only', async (t) => {
  const rig = rigFor(t, createNetEngine({ workerScript: MORTAL }));
  const service = await rig.service({ persistent: 60 });
  const idle = await rig.service();
  const server = await rig.server((socket) => socket.write('a'));
  const table = [
    { service, servers: [server.entry({ upper: 1 })] },
    { service: idle, servers: [] },
  ];
  await rig.engine.apply(table);
  const client = await rig.client(service);
  client.resume();
  await until(() => client.bytesRead === 1);
  t.equal((await rig.of(service, server.entry())).activeConnections, 1);

  const notice = rig.event('notice');
  const channel = new BroadcastChannel('mortal-worker');
  channel.postMessage({ how: 'at once' });
  channel.close();
  t.match((await notice).message, /worker thread ended \(told to die\)/);
  await until(() => client.destroyed || client.readableEnded);
  const own = await rig.of(service, server.entry());
  t.match(own, { activeConnections: 0, totalConnections: 1 }, 'totals stay');
  t.equal((await rig.stats(service)).persistenceEntries, 0);

  await until(async () => {
    const again = await rig.client(service).catch(() => undefined);
    again?.resume();
    if (again) await until(() => again.bytesRead === 1);
    return again !== undefined;
  });
  t.equal((await rig.of(service, server.entry())).totalConnections, 2);
  const outcomes = await rig.engine.apply(table);
  t.same(
    outcomes.map(({ state }) => state),
    ['carried', 'idle'],
  );
});

t.test('clients whom a dead worker knew go on, as far as they were kept', async (t) => {
  const rig = rigFor(t, createNetEngine({ workerScript: MORTAL }));
  const kept = await rig.service({ persistent: 60 });
  const other = await rig.service({ persistent: 60 });
  const a = await rig.server((socket) => socket.end('a'));
  const b = await rig.server((socket) => socket.end('b'));
  const servers = [a.entry(), b.entry()];
  rig.engine.heritage?.readAgain(async () => [
    {
      ...{ service: kept.id, server: b.entry().id, netmask: null },
      ...{ clients: ['7f000001'], ends: [Date.now() + 60_000] },
    },
  ]);
  await rig.engine.apply([
    { service: kept, servers },
    { service: other, servers },
  ]);
  const notice = rig.event('notice');
  const channel = new BroadcastChannel('mortal-worker');
  channel.postMessage({ how: 'at once' });
  channel.close();
  await notice;
  // Refused until the new worker listens.
  const ask = () => rig.ask(kept, '127.0.0.1').catch(() => '');
  let answer = '';
  await until(async () => {
    answer = await ask();
    return answer !== '';
  });
  t.equal(answer, 'b', 'and not where its turn would be');
  t.equal((await rig.stats(other)).persistenceEntries, 0);
});

t.test('a table applied while the worker is away is carried by the next', async (t) => {
  const rig = rigFor(t, createNetEngine({ workerScript: MORTAL }));
  const service = await rig.service();
  const server = await rig.server((socket) => socket.end('a'));
  await rig.engine.apply([]);
  const notice = rig.event('notice');
  const channel = new BroadcastChannel('mortal-worker');
  channel.postMessage({ how: 'at once' });
  channel.close();
  await notice;
  t.match(await rig.engine.apply(tableOf(service, server.entry())), [
    { state: 'carried' },
  ]);
  t.equal(await rig.ask(service), 'a');
});

t.test('a worker that dies is not asked any more what goes through it', async (t) => {
  const rig = rigFor(t, createNetEngine({ workerScript: MORTAL }));
  const service = await rig.service();
  const server = await rig.server(() => {});
  await rig.engine.apply(tableOf(service, server.entry()));
  await rig.client(service);
  await rig.connections(service, 1);
  const notice = rig.event('notice');
  const channel = new BroadcastChannel('mortal-worker');
  channel.postMessage({ how: 'at once' });
  channel.close();
  await notice;
  t.same(await rig.traffic.connections({}, 9), { items: [], total: 0 });
});

function tell(sentence: DeathSentence): void {
  const channel = new BroadcastChannel('mortal-worker');
  channel.postMessage(sentence);
  channel.close();
}

/** Has the worker read from a pipe that nobody writes to. @returns the end of that */
async function hangs(t: Test): Promise<() => void> {
  const pipe = join(t.testdir(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  tell({ how: 'at once', pipe });
  let descriptor: number | undefined;
  await until(() => {
    try {
      descriptor = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      // nobody reads yet
    }
    return descriptor !== undefined;
  });
  return () => descriptor !== undefined && closeSync(descriptor);
}

t.test('a worker whose event loop does not turn is replaced', async (t) => {
  const options = { workerScript: MORTAL, workerTimeoutMs: 3000 };
  const rig = rigFor(t, createNetEngine(options));
  const service = await rig.service();
  const server = await rig.server((socket) => socket.write('a'));
  await rig.engine.apply(tableOf(service, server.entry()));
  const client = await rig.client(service);
  client.resume();
  await until(() => client.bytesRead === 1);
  const notice = rig.event('notice');
  tell({ how: 'not at all, but it spins' });
  t.match(
    (await notice).message,
    'A worker thread ended (its event loop had not turned for 3 s)',
  );
  t.match(rig.engine.workers(), [{ restarts: 1, openConnections: 0 }]);
  await until(() => client.destroyed || client.readableEnded);
  await until(async () => {
    const again = await rig.client(service).catch(() => undefined);
    again?.resume();
    if (again) await until(() => again.bytesRead === 1);
    return again !== undefined;
  });
  t.notOk(rig.engine.isHopeless?.());
});

t.test('one that never gets as far as its event loop is replaced', async (t) => {
  const path = join(t.testdir({ mark: '' }), 'mark');
  process.env.STUCK_AT_START = path;
  t.teardown(() => delete process.env.STUCK_AT_START);
  const options = { workerScript: STUCK, workerTimeoutMs: 1000 };
  const rig = rigFor(t, createNetEngine(options));
  const service = await rig.service();
  const server = await rig.server((socket) => socket.end('a'));
  const notice = rig.event('notice');
  const begun = performance.now();
  const applied = rig.engine.apply(tableOf(service, server.entry()));
  t.match(
    (await notice).message,
    'A worker thread ended (its event loop had not turned for 10 s)',
  );
  t.ok(performance.now() - begun >= 10_000, 'modules may take their time');
  t.match(await applied, [{ state: 'carried' }]);
  t.equal(await rig.ask(service), 'a');
  t.match(rig.engine.workers(), [{ restarts: 1 }]);
});

t.test(
  'one that cannot be ended is told, and replaced when it has ended',
  async (t) => {
    const options = { workerScript: MORTAL, workerTimeoutMs: 3000 };
    const rig = rigFor(t, createNetEngine(options));
    const service = await rig.service();
    const server = await rig.server((socket) => socket.end('a'));
    await rig.engine.apply(tableOf(service, server.entry()));
    const letGo = await hangs(t);
    t.match((await rig.event('notice')).message, 'Worker thread 0 hangs');
    t.ok(rig.engine.isHopeless?.());
    letGo();
    t.match((await rig.event('notice')).message, 'A worker thread ended');
    t.notOk(rig.engine.isHopeless?.());
    await until(async () => (await rig.ask(service).catch(() => '')) === 'a');
  },
);

t.test('an engine is closed though a worker cannot be ended', async (t) => {
  const engine = createNetEngine({ workerScript: MORTAL });
  await engine.apply([]);
  const letGo = await hangs(t);
  await engine.close({ clean: true });
  t.ok(engine.isHopeless?.());
  letGo();
  await until(() => !engine.isHopeless?.());
});

t.test('there is no worker before there is a table', async (t) => {
  const nowhere = new URL('./no-such-worker.js', import.meta.url);
  const engine = createNetEngine({ workerScript: nowhere });
  await engine.close({ clean: true });
  for await (const event of engine.events) t.fail(JSON.stringify(event));
});
