import t from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { ending, type Rig, rigFor, tableOf, until } from '../../support/engine-rig.ts';

/** Until so many connections have both their sockets: a place is given back when both are closed. */
async function open({ engine }: Rig, count: number): Promise<void> {
  await until(
    () => engine.workers().reduce((sum, one) => sum + one.openConnections, 0) === count,
  );
}

t.test('connections of one source at once', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const service = await rig.service({}, { sourceConnections: 2 });
  const server = await rig.server((socket) => socket.write('hello'));
  await rig.engine.apply(tableOf(service, server.entry()));
  const first = await rig.client(service, '127.0.0.7');
  const second = await rig.client(service, '127.0.0.7');
  await until(() => first.bytesRead > 0 && second.bytesRead > 0);
  t.equal(await ending(await rig.client(service, '127.0.0.7')), 'ECONNRESET');
  t.equal(server.sockets.length, 2, 'no server was dialled for the third');
  const other = await rig.client(service, '127.0.0.8');
  await until(() => other.bytesRead > 0);
  first.resetAndDestroy();
  await open(rig, 2);
  const third = await rig.client(service, '127.0.0.7');
  await until(() => third.bytesRead > 0);
  t.match(await rig.stats(service), {
    acceptedConnections: 5,
    refusedConnections: 0,
    limits: { denied: 0, limited: 1 },
  });
});

t.test('a place is given back however a connection ends', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const service = await rig.service({}, { sourceConnections: 1 });
  const ends = await rig.server((socket) => socket.end('hello'));
  const resets = await rig.server((socket) => socket.resetAndDestroy());
  for (const server of [ends, resets]) {
    await rig.engine.apply(tableOf(service, server.entry()));
    for (let n = 0; n < 3; n++) {
      const client = await rig.client(service);
      await ending(client);
      client.destroy();
      await open(rig, 0);
    }
  }
  t.equal((await rig.stats(service)).limits?.limited, 0);
});

t.test('new connections of one source, and the operator is told', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const sourceRate = { connections: 3, windowMs: 60_000 };
  const service = await rig.service({}, { sourceRate });
  const server = await rig.server((socket) => socket.end('hello'));
  await rig.engine.apply(tableOf(service, server.entry()));
  const notice = rig.event('notice');
  for (let n = 0; n < 3; n++) t.equal(await rig.ask(service, '127.0.0.7'), 'hello');
  for (let n = 0; n < 3; n++)
    t.equal(await ending(await rig.client(service, '127.0.0.7')), 'ECONNRESET');
  t.equal(await rig.ask(service, '127.0.0.8'), 'hello');
  t.match((await notice).message, `(${service.id}, 127.0.0.7)`);
  t.equal((await rig.stats(service)).limits?.limited, 3);
});
