import { connect, type Socket } from 'node:net';
import t from 'tap';
import { canShare } from '../../lib/engines/net/crew/worker-count.ts';
import { createNetEngine } from '../../lib/engines/net/engine.ts';
import type { VirtualService } from '../../lib/model/virtual-service.ts';
import { type Rig, rigFor, tableOf, until } from '../support/engine-rig.ts';

const CLIENTS = 300;
const RATE = 40;
const SHARE = CLIENTS / 3;
/** As many ends as turns take, at that rate, and some for the machine. */
const WITHIN_MS = ((CLIENTS / RATE) * 1.5 + 5) * 1000;

t.jobs = 2; // it takes its time

/** Connections that are made again when they end. */
function steady({ address = '', port = 0 }: VirtualService) {
  const ends: number[] = [];
  const open = new Set<Socket>();
  let isOver = false;
  const join = () => {
    const socket = connect(port, address);
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      if (isOver) return;
      ends.push(performance.now());
      setTimeout(join, 5);
    });
    socket.resume();
  };
  for (let n = 0; n < CLIENTS; n++) join();
  return {
    ends,
    close() {
      isOver = true;
      for (const socket of open) socket.destroy();
    },
  };
}

/** The most that ended within any second. */
function mostInASecond(ends: readonly number[]): number {
  return Math.max(
    0,
    ...ends.map((at) => ends.filter((one) => one >= at && one < at + 1000).length),
  );
}

async function levels(rig: Rig, service: VirtualService): Promise<readonly number[]> {
  const { servers } = await rig.stats(service);
  return servers.map(({ activeConnections }) => activeConnections);
}

for (const scheduler of ['rr', 'wlc'])
  for (const workers of canShare(process.versions.node) ? [1, 2] : [1])
    t.test(
      `a server that came back has its share: ${scheduler}, ${workers} workers`,
      {
        timeout: 120_000,
      },
      async (t) => {
        const rig = rigFor(t, createNetEngine({ workers }));
        const service = await rig.service({ scheduler }, { rebalance: RATE });
        const servers = await Promise.all([1, 2, 3].map(() => rig.server(() => {})));
        const all = servers.map((server) => server.entry({ onRemoval: 'reset' }));
        await rig.engine.apply(tableOf(service, ...all));
        const clients = steady(service);
        t.teardown(() => clients.close());
        const isFull = async () =>
          (await levels(rig, service)).reduce((sum, one) => sum + one, 0) === CLIENTS;
        await until(isFull);
        await rig.engine.apply(tableOf(service, ...all.slice(0, 2)));
        await until(async () => clients.ends.length >= 90 && (await isFull()));
        t.equal((await rig.stats(service)).retiredConnections, 0, 'nobody came');

        // Who comes within the tenth of a second before it counts as younger.
        await new Promise((wait) => setTimeout(wait, 1000));
        const first = clients.ends.length;
        const began = performance.now();
        await rig.engine.apply(tableOf(service, ...all));
        const isLevel = async () =>
          (await levels(rig, service)).every(
            (one) => Math.abs(one - SHARE) <= SHARE / 20,
          );
        await until(async () => (await isLevel()) && (await isFull()));
        const tookMs = performance.now() - began;
        t.ok(tookMs < WITHIN_MS, `level after ${Math.round(tookMs)} ms`);
        const most = mostInASecond(clients.ends.slice(first));
        t.ok(most <= RATE, `${most} in a second`);
        const ended = clients.ends.length - first;
        t.ok(ended <= CLIENTS + RATE, `${ended} ended`);
        t.comment(`${Math.round(tookMs)} ms, ${ended} ended, ${most} in a second`);

        await new Promise((wait) => setTimeout(wait, 2000));
        const rest = clients.ends.length;
        await new Promise((wait) => setTimeout(wait, 2000));
        t.equal(clients.ends.length, rest, 'and nothing ends any more');
        t.equal((await rig.stats(service)).retiredConnections, rest - first);
      },
    );

t.test(
  'services that persist, and those that do not ask, are left alone',
  async (t) => {
    const rig = rigFor(t, createNetEngine());
    for (const [fields, options] of [
      [{ persistent: 60 }, { rebalance: RATE }],
      [{}, {}],
    ] as const) {
      const service = await rig.service(fields, options);
      const [one, two] = [await rig.server(() => {}), await rig.server(() => {})];
      await rig.engine.apply(tableOf(service, one.entry()));
      for (let n = 0; n < 20; n++) await rig.client(service);
      await rig.connections(service, 20);
      await rig.engine.apply(tableOf(service, one.entry(), two.entry()));
      await new Promise((wait) => setTimeout(wait, 1000));
      t.equal((await rig.stats(service)).retiredConnections, 0);
      t.equal(one.sockets.filter(({ destroyed }) => destroyed).length, 0);
    }
  },
);
