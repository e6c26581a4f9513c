import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { extname } from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import t from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { inspectPassed } from '../../../lib/engines/net/listening/passed-sockets.ts';
import { Duplicates } from '../../../lib/engines/net/worker/duplicates.ts';
import { ending, received, rigFor, tableOf, until } from '../../support/engine-rig.ts';
import { passedSockets } from '../../support/passed-sockets.ts';
import { socketPath } from '../../support/socket-path.ts';

const MORTAL = new URL(
  `./fixtures/mortal-worker${extname(import.meta.url)}`,
  import.meta.url,
);

/** What a descriptor of this process leads to. */
function target(descriptor: number | string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return ''; // closed meanwhile
  }
}

/** How many descriptors of this process are that socket. */
function copies(descriptor: number): number {
  const socket = target(descriptor);
  return readdirSync('/proc/self/fd').filter((name) => target(name) === socket).length;
}

t.test('a service listens on the socket that was passed for it', async (t) => {
  const [socket] = await passedSockets(t);
  const { descriptor = 0, port = 0 } = socket ?? {};
  const engine = createNetEngine({
    sockets: socket ? [socket] : [],
    workerScript: MORTAL,
  });
  const rig = rigFor(t, engine);
  const service = await rig.service({ port });
  const own = await rig.service();
  const server = await rig.server((client) => client.end('a'));
  const table = [...tableOf(service, server.entry()), ...tableOf(own, server.entry())];

  await t.test('beside one that opens its own', async (t) => {
    const early = await rig.client(service);
    t.match(await engine.apply(table), [{ state: 'carried' }, { state: 'carried' }]);
    t.equal(await received(early), 'a', 'who came before it is served');
    t.equal(await rig.ask(service), 'a');
    t.equal(await rig.ask(own), 'a');
    t.equal(copies(descriptor), 2);
  });

  await t.test('and when it comes back with a reload', async (t) => {
    await engine.apply([]);
    t.equal(copies(descriptor), 1, 'what was passed stays open');
    const early = await rig.client(service);
    await engine.apply(table);
    t.equal(await received(early), 'a', 'who waited meanwhile is served');
  });

  await t.test('and by the worker that takes a dead one’s place', async (t) => {
    for (let death = 1; death <= 2; death++) {
      const channel = new BroadcastChannel('mortal-worker');
      channel.postMessage({ how: 'at once' });
      channel.close();
      await until(() => engine.workers?.()[0]?.restarts === death);
      const waiting = await Promise.all(
        Array.from({ length: 20 }, () => rig.client(service)),
      );
      t.strictSame(await Promise.all(waiting.map(received)), Array(20).fill('a'));
      t.equal(copies(descriptor), 2, 'the dead one has left no descriptor');
    }
  });

  await t.test(
    'without a server clients are reset, and not left waiting',
    async (t) => {
      await engine.apply(tableOf(service, server.entry({ weight: 0 })));
      t.equal(await ending(await rig.client(service)), 'ECONNRESET');
      t.match(await rig.stats(service), { refusedConnections: 1 });
    },
  );

  await engine.close({ clean: true });
  t.equal(copies(descriptor), 1, 'nothing closes it');
});

t.test('one worker accepts on all sockets of a service', async (t) => {
  const [one, other] = [await passedSockets(t), await passedSockets(t)].flat();
  if (!one || !other) throw new RangeError('two sockets');
  const engine = createNetEngine({ sockets: [one, other] });
  const rig = rigFor(t, engine);
  const server = await rig.server((client) => client.end('a'));
  const services = [await rig.service(one), await rig.service(other)];
  await engine.apply(
    services.map((service) => ({ service, servers: [server.entry()] })),
  );
  for (const service of services) t.equal(await rig.ask(service), 'a');
});

t.test('what cannot be duplicated is told, and tried again', async (t) => {
  const sockets = [{ descriptor: 4000, address: '127.0.0.1', port: 28_999 }];
  const engine = createNetEngine({ sockets });
  const rig = rigFor(t, engine);
  const service = await rig.service({ port: 28_999 });
  const server = await rig.server((client) => client.end('a'));
  t.match(await engine.apply(tableOf(service, server.entry())), [
    {
      state: 'failed',
      problem: /^cannot listen on 127.0.0.1:28999 \(.+\); tried again/,
    },
  ]);
});

t.test('no program that is started gets a socket by accident', async (t) => {
  const [socket] = await passedSockets(t);
  const handle = await new Duplicates().take(socket?.descriptor ?? 0);
  t.teardown(() => handle.close());
  const known = target(handle.fd);
  t.notMatch(execFileSync('ls', ['-l', '/proc/self/fd'], { encoding: 'utf8' }), known);
});

t.test('what was passed is known by the kernel’s lists', async (t) => {
  const [socket] = await passedSockets(t);
  const path = socketPath(t);
  const unix = createServer().listen(path);
  await once(unix, 'listening');
  const six = createServer().listen(0, '::1');
  await once(six, 'listening');
  const udp = createSocket('udp4').bind(0, '127.0.0.1');
  await once(udp, 'listening');
  t.teardown(() => {
    for (const one of [unix, six, udp]) one.close();
  });
  const all = readdirSync('/proc/self/fd').filter((name) =>
    target(name).startsWith('socket:'),
  );
  const { sockets, useless } = await inspectPassed([...all.map(Number), 4000]);
  const { port } = six.address() as { port: number };
  t.match(
    sockets.find((one) => one.descriptor === socket?.descriptor),
    socket,
  );
  t.match(
    sockets.find((one) => one.port === port),
    { address: '::1' },
  );
  const words = useless.map(({ what }) => what);
  t.ok(words.includes(`a Unix socket (${path})`), words.join());
  t.ok(words.includes(`a socket for UDP (127.0.0.1:${udp.address().port})`));
  t.equal(useless.find(({ descriptor }) => descriptor === 4000)?.what, 'no socket');
});

t.test('a hundred sockets come by one child', async (t) => {
  const [socket] = await passedSockets(t);
  const duplicates = new Duplicates();
  const handles = await Promise.all(
    Array.from({ length: 100 }, () => duplicates.take(socket?.descriptor ?? 0)),
  );
  t.equal(new Set(handles.map(({ fd }) => fd)).size, 100);
  t.equal(copies(socket?.descriptor ?? 0), 101);
  for (const handle of handles) handle.close();
  await until(() => copies(socket?.descriptor ?? 0) === 1);
});
