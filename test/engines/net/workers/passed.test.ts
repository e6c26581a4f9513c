import { extname } from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import t from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import { received, rigFor, tableOf, until } from '../../../support/engine-rig.ts';
import { passedSockets } from '../../../support/passed-sockets.ts';
import { sharedPort } from '../../../support/shared-port.ts';
import type { DeathSentence } from '../fixtures/mortal-worker.ts';

const MORTAL = new URL(
  `../fixtures/mortal-worker${extname(import.meta.url)}`,
  import.meta.url,
);
const WORKERS = 3;
const CROWD = 90;

t.test('several sockets of a service are served', sharedPort(), async (t) => {
  const sockets = await passedSockets(t, WORKERS);
  const port = sockets[0]?.port ?? 0;
  const engine = createNetEngine({ workers: WORKERS, sockets, workerScript: MORTAL });
  const rig = rigFor(t, engine);
  const service = await rig.service({ port });
  const server = await rig.server((client) => client.end('a'));
  const table = tableOf(service, server.entry());
  const crowd = async () => {
    const clients = await Promise.all(
      Array.from({ length: CROWD }, () => rig.client(service)),
    );
    const answers = clients.map((one) => received(one).catch(({ code }) => code));
    return [...new Set(await Promise.all(answers))];
  };
  const accepted = () =>
    (engine.workers?.() ?? []).map(({ acceptedConnections }) => acceptedConnections);

  await t.test('by a worker each', async (t) => {
    t.match(await engine.apply(table), [{ state: 'carried' }]);
    t.strictSame(await crowd(), ['a']);
    t.ok(
      accepted().every((count) => count > 0),
      accepted().join(),
    );
  });

  await t.test('also those that wait at a dead worker’s', async (t) => {
    const sentence: DeathSentence = { worker: 1, how: 'at once' };
    const channel = new BroadcastChannel('mortal-worker');
    channel.postMessage(sentence);
    channel.close();
    await until(() => engine.workers?.()[1]?.restarts === 1);
    const [, before = 0] = accepted();
    t.strictSame(await crowd(), ['a']);
    t.ok((accepted()[1] ?? 0) > before, 'its socket has its share again');
  });

  await t.test('by one that carries the service alone', async (t) => {
    const persistent = { ...service, persistent: 60 };
    const waiting = crowd();
    await engine.apply(tableOf(persistent, server.entry()));
    t.strictSame(await waiting, ['a'], 'nobody is lost by the move');
    const before = accepted();
    t.strictSame(await crowd(), ['a']);
    const grown = accepted().filter((count, worker) => count > (before[worker] ?? 0));
    t.equal(grown.length, 1);
    await engine.apply(table);
    t.strictSame(await crowd(), ['a']);
  });
});

t.test('sockets of several services are shared out', sharedPort(), async (t) => {
  const sockets = [...(await passedSockets(t)), ...(await passedSockets(t))];
  const engine = createNetEngine({ workers: 2, sockets });
  const rig = rigFor(t, engine);
  const server = await rig.server((client) => client.end('a'));
  const services = await Promise.all(sockets.map(({ port }) => rig.service({ port })));
  await engine.apply(
    services.map((service) => ({ service, servers: [server.entry()] })),
  );
  for (const service of services) t.equal(await rig.ask(service), 'a');
  t.match(engine.workers?.(), [{ acceptedConnections: 1 }, { acceptedConnections: 1 }]);
});
