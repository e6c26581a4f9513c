import t from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { ending, rigFor, tableOf } from '../../support/engine-rig.ts';

t.test('connections to a real server come from each address in turn', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const sources = ['127.0.0.2', '127.0.0.3', '::1'];
  const service = await rig.service({}, { source: sources });
  const server = await rig.server((socket) => socket.end(`${socket.remoteAddress}`));
  await rig.engine.apply(tableOf(service, server.entry()));
  const seen: string[] = [];
  for (let n = 0; n < 4; n++) seen.push(await rig.ask(service));
  t.strictSame(new Set(seen), new Set(['127.0.0.2', '127.0.0.3']));
  t.equal(seen[0], seen[2]);
  t.equal(seen[1], seen[3]);
});

t.test('a real server of another family is reached as ever', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const service = await rig.service({}, { source: ['127.0.0.2'] });
  const server = await rig.server((socket) => socket.end('six'), '::1');
  await rig.engine.apply(tableOf(service, server.entry()));
  t.equal(await rig.ask(service), 'six');
});

t.test('an address that is not there is told, and the next one taken', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const sources = ['192.0.2.77', '127.0.0.3'];
  const service = await rig.service({}, { source: sources });
  const server = await rig.server((socket) => socket.end(`${socket.remoteAddress}`));
  await rig.engine.apply(tableOf(service, server.entry()));
  const notice = rig.event('notice');
  for (let n = 0; n < 4; n++) t.equal(await rig.ask(service), '127.0.0.3');
  t.match((await notice).message, /^An address of source is not one of this host's/);
  t.match(await rig.stats(service), {
    retries: 0,
    refusedConnections: 0,
    servers: [{ connectFailures: 0 }],
  });
});

t.test('without any that is there the server is not blamed', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const service = await rig.service({}, { source: ['192.0.2.77'] });
  const server = await rig.server(() => {});
  await rig.engine.apply(tableOf(service, server.entry()));
  t.equal(await ending(await rig.client(service)), 'ECONNRESET');
  const stats = await rig.stats(service);
  t.match(stats, { refusedConnections: 1, servers: [{ connectFailures: 0 }] });
});
