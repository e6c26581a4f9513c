import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { rigFor, tableOf, until } from '../../support/engine-rig.ts';

const CLIENTS = 40;

/** Three servers, of which the first two are in the table, and clients that come again when they are ended. */
async function busy(t: Test) {
  const rig = rigFor(t, createNetEngine());
  const options = { rebalance: 100, slowStartMs: 1000 };
  const service = await rig.service({ scheduler: 'wlc' }, options);
  const servers = await Promise.all([1, 2, 3].map(() => rig.server(() => {})));
  const weigh = (weights: readonly number[], shares: readonly number[] = weights) => {
    const listed = servers.slice(0, weights.length);
    const entries = listed.map((one, at) =>
      one.entry({ weight: weights[at] ?? 0, share: shares[at] ?? 0 }),
    );
    return rig.engine.apply(tableOf(service, ...entries));
  };
  await weigh([1, 1]);
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
  const ended = async () => (await rig.stats(service)).retiredConnections ?? 0;
  await sleep(1100);
  return { weigh, levels, ended };
}

t.test('a server that warms up gets connections of the others too', async (t) => {
  const { weigh, levels, ended } = await busy(t);
  // as in a slow start over 40, 75 and 100 % of its share
  await weigh([2, 2, 1], [1, 1, 0.4]);
  await weigh([3, 3, 2], [1, 1, 0.75]);
  await weigh([1, 1, 1]);
  await until(async () => ((await levels())[2] ?? 0) >= CLIENTS / 3 - 2);
  t.ok((await ended()) > 0, `${await ended()} were ended`);
});

t.test('that one has less weight is no coming of the others', async (t) => {
  const { weigh, levels, ended } = await busy(t);
  await weigh([100, 100]);
  await weigh([50, 100]);
  await sleep(500);
  t.strictSame([await ended(), await levels()], [0, [CLIENTS / 2, CLIENTS / 2]]);
  await weigh([100, 100]);
  await sleep(300); // it is level, and that is over
  await weigh([100, 300]);
  await until(async () => ((await levels())[1] ?? 0) >= (CLIENTS * 3) / 4 - 2);
  t.ok((await ended()) > 0, 'a weight that rises is one');
});
