import { extname } from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { createNetEngine } from '../../../../lib/engines/net/engine.ts';
import { type Rig, rigFor, tableOf, until } from '../../../support/engine-rig.ts';
import { sharedPort } from '../../../support/shared-port.ts';
import type { DeathSentence } from '../fixtures/mortal-worker.ts';

const MORTAL = new URL(
  `../fixtures/mortal-worker${extname(import.meta.url)}`,
  import.meta.url,
);
const WORKERS = 4;
const DOOMED = 2;
const CROWD = 60;

function tell(sentence: DeathSentence): void {
  const channel = new BroadcastChannel('mortal-worker');
  channel.postMessage(sentence);
  channel.close();
}

/** A service of two servers, and clients that are connected and stay. */
async function crowded(t: Test) {
  const rig = rigFor(t, createNetEngine({ workers: WORKERS, workerScript: MORTAL }));
  const service = await rig.service({ scheduler: 'lc' });
  const a = await rig.server((socket) => socket.pipe(socket));
  const b = await rig.server((socket) => socket.pipe(socket));
  const table = tableOf(service, a.entry(), b.entry());
  await rig.engine.apply(table);
  const echoing = async () => {
    const client = await rig.client(service);
    client.resume();
    client.write('.');
    await until(() => client.bytesRead === 1 || gone(client));
    return client;
  };
  const clients = await Promise.all(Array.from({ length: CROWD }, echoing));
  const active = async () =>
    (await rig.stats(service)).servers.map(
      ({ activeConnections }) => activeConnections,
    );
  return { rig, service, clients, active, echoing, table };
}

async function back(rig: Rig): Promise<void> {
  const before = rig.engine.workers()[DOOMED]?.acceptedConnections ?? 0;
  const [service] = await rig.engine.stats();
  if (!service) throw new RangeError('a service');
  const port = Number(service.id.split(':').at(-1));
  await until(async () => {
    const probe = await rig
      .client({ address: '127.0.0.1', port } as never)
      .catch(() => {});
    probe?.destroy();
    return (rig.engine.workers()[DOOMED]?.acceptedConnections ?? 0) > before;
  });
}

t.test('a worker dies with its connections only', sharedPort(), async (t) => {
  const { rig, clients, active, echoing, table } = await crowded(t);
  const lost = rig.engine.workers()[DOOMED]?.openConnections ?? 0;
  t.ok(lost > 0 && lost < CROWD, `${lost} of ${CROWD} are its own`);
  const notice = rig.event('notice');
  tell({ worker: DOOMED, how: 'at once' });
  await notice;
  await until(() => clients.filter(gone).length === lost);
  const left = clients.filter((client) => !gone(client));
  const sum = (await active()).reduce((total, count) => total + count);
  t.equal(sum, CROWD - lost, 'the counts are those of the others');
  t.equal(rig.engine.workers()[DOOMED]?.openConnections, 0);
  for (const client of left) client.write('still here');
  await until(() => left.every(({ bytesRead }) => bytesRead === 11));
  await back(rig);
  await until(async () => (await active()).reduce((a, b) => a + b) === CROWD - lost);
  t.match(await rig.engine.apply(table), [{ state: 'carried' }]);
  await Promise.all(Array.from({ length: CROWD + lost }, echoing));
  t.same(await active(), [CROWD, CROWD], 'and lc is exact again');
});

t.test(
  'one that dies with the lock, halfway through a count',
  sharedPort(),
  async (t) => {
    const { rig, clients, active, echoing } = await crowded(t);
    const lost = rig.engine.workers()[DOOMED]?.openConnections ?? 0;
    let noticed = false;
    const notice = rig.event('notice').then(() => {
      noticed = true;
    });
    tell({ worker: DOOMED, how: 'in the next pick' });
    const later = [];
    while (!noticed) later.push(await echoing());
    await notice;
    await until(() => clients.filter(gone).length === lost);
    const left = [...clients, ...later].filter((client) => !gone(client));
    const even = left.length / 2;
    const sum = async () => (await active()).reduce((total, count) => total + count);
    await until(async () => (await sum()) === left.length); // the half count is gone
    const now = await active();
    for (const client of left) client.write('still here');
    await until(() => left.every(({ bytesRead }) => bytesRead === 11));
    const missing = Math.abs((now[0] ?? 0) - (now[1] ?? 0));
    for (let n = 0; n < missing; n++) await echoing();
    t.same(
      await active(),
      Array(2).fill(even + missing / 2),
      'picks go by the true counts',
    );
  },
);

function gone({ destroyed, readableEnded }: import('node:net').Socket): boolean {
  return destroyed || readableEnded;
}
