import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { rigFor, tableOf, until } from '../../support/engine-rig.ts';

const CLIENTS = 20;

t.test('nobody is moved to a spare, and to a real server some are', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const service = await rig.service({ scheduler: 'wlc' }, { rebalance: 100 });
  const [one, spare, two] = await Promise.all(
    [1, 2, 3].map(() => rig.server(() => {})),
  );
  if (!one || !spare || !two) throw new Error('three servers are opened');
  await rig.engine.apply(tableOf(service, one.entry()));
  for (let n = 0; n < CLIENTS; n++) {
    const socket = connect(service.port ?? 0, '127.0.0.1');
    t.teardown(() => socket.destroy());
    socket.on('error', () => {}).resume();
  }
  const stats = () => rig.stats(service);
  await until(async () => (await stats()).servers[0]?.activeConnections === CLIENTS);
  // Only what is older than the server that came is moved.
  await sleep(100);

  const standIn = spare.entry({ reserve: true });
  await rig.engine.apply(tableOf(service, one.entry(), standIn));
  await sleep(500);
  t.equal((await stats()).retiredConnections ?? 0, 0);
  await rig.engine.apply(tableOf(service, one.entry(), standIn, two.entry()));
  await until(async () => ((await stats()).retiredConnections ?? 0) > 0);
});
