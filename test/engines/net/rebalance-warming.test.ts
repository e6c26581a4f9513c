import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { rigFor, tableOf, until } from '../../support/engine-rig.ts';

const CLIENTS = 40;

t.test('a server that warms up gets connections of the others too', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const options = { rebalance: 100, slowStartMs: 1000 };
  const service = await rig.service({ scheduler: 'wlc' }, options);
  const servers = await Promise.all([1, 2, 3].map(() => rig.server(() => {})));
  const weigh = (...weights: readonly number[]) => {
    const listed = servers.slice(0, weights.length);
    const entries = listed.map((one, at) => one.entry({ weight: weights[at] ?? 0 }));
    return rig.engine.apply(tableOf(service, ...entries));
  };
  await weigh(1, 1);
  let isOver = false;
  const join = () => {
    const socket = connect(service.port ?? 0, '127.0.0.1');
    t.teardown(() => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => {
      if (!isOver) join();
    });
    socket.resume();
  };
  t.teardown(() => {
    isOver = true;
  });
  for (let n = 0; n < CLIENTS; n++) join();
  const levels = async () =>
    (await rig.stats(service)).servers.map((server) => server.activeConnections);
  await until(async () => (await levels()).reduce((a, b) => a + b, 0) === CLIENTS);
  await sleep(1100);
  // as in a slow start over 40, 75 and 100 % of its share
  for (const weights of [
    [2, 2, 1],
    [3, 3, 2],
    [1, 1, 1],
  ])
    await weigh(...weights);
  await until(async () => ((await levels())[2] ?? 0) >= CLIENTS / 3 - 2);
  const { retiredConnections = 0 } = await rig.stats(service);
  t.ok(retiredConnections > 0, `${retiredConnections} were ended`);
});
