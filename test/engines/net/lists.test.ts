import t from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import type { ServiceOptions } from '../../../lib/model/virtual-service.ts';
import { pair, udpClient, udpService } from '../../support/datagrams.ts';
import { ending, rigFor, tableOf, until } from '../../support/engine-rig.ts';

t.test('who is denied is reset before a server hears of it', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const service = await rig.service({}, { deny: ['127.0.0.8/29', '10.0.0.0/8'] });
  const server = await rig.server((socket) => socket.end('hello'));
  await rig.engine.apply(tableOf(service, server.entry()));
  t.equal(await rig.ask(service, '127.0.0.7'), 'hello');
  t.equal(await ending(await rig.client(service, '127.0.0.9')), 'ECONNRESET');
  t.equal(await rig.ask(service, '127.0.0.16'), 'hello');
  t.equal(server.sockets.length, 2, 'connections that the server had');
  t.match(await rig.stats(service), {
    acceptedConnections: 3,
    refusedConnections: 0,
    limits: { denied: 1 },
  });
});

t.test('with allow others are refused, and deny wins', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const lists = { allow: ['127.0.0.0/28'], deny: ['127.0.0.9'] };
  const service = await rig.service({}, lists);
  const server = await rig.server((socket) => socket.end('hello'));
  await rig.engine.apply(tableOf(service, server.entry()));
  t.equal(await rig.ask(service, '127.0.0.8'), 'hello');
  for (const other of ['127.0.0.9', '127.0.0.16', '127.1.1.1'])
    t.equal(await ending(await rig.client(service, other)), 'ECONNRESET', other);
});

t.test('IPv6', async (t) => {
  for (const [deny, outcome] of [
    [['::/64'], 'ECONNRESET'],
    [['0.0.0.0/0', '2001:db8::/32'], 'end'],
  ] as const) {
    const rig = rigFor(t, createNetEngine());
    const service = await rig.service({ address: '::1' }, { deny });
    const server = await rig.server((socket) => socket.end('hello'));
    await rig.engine.apply(tableOf(service, server.entry()));
    t.equal(await ending(await rig.client(service)), outcome, deny[0]);
  }
});

t.test('a changed list holds for who comes next', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const open = await rig.service();
  const server = await rig.server((socket) => socket.write('hello'));
  const listed = (options: Partial<ServiceOptions>) => ({
    ...open,
    options: { ...open.options, ...options },
  });
  await rig.engine.apply(tableOf(open, server.entry()));
  const client = await rig.client(open);
  await until(() => client.bytesRead > 0);
  await rig.engine.apply(tableOf(listed({ deny: ['127.0.0.1'] }), server.entry()));
  t.equal(await ending(await rig.client(open)), 'ECONNRESET');
  t.notOk(client.destroyed, 'who was in before');
  await rig.engine.apply(tableOf(listed({ deny: ['127.0.0.2'] }), server.entry()));
  const next = await rig.client(open);
  await until(() => next.bytesRead > 0);
});

t.test('a refused client has a line in the connection log', async (t) => {
  let text = '';
  const connectionLog = {
    write(more: string) {
      text += more;
    },
  };
  const rig = rigFor(t, createNetEngine({ connectionLog }));
  const options = { deny: ['127.0.0.0/8'], logConnections: true };
  const service = await rig.service({}, options);
  const server = await rig.server(() => {});
  await rig.engine.apply(tableOf(service, server.entry()));
  await ending(await rig.client(service));
  await until(() => text !== '');
  t.match(text, / PR \d+\/1\/0\/0\/0 0\/0\n$/);
});

t.test('datagrams of those who are denied are lost', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const service = await udpService(rig, {}, { deny: ['127.0.0.9'] });
  const [a] = await pair(t);
  await rig.engine.apply(tableOf(service, a.entry()));
  const good = await udpClient(t, service);
  const bad = await udpClient(t, service, { from: '127.0.0.9' });
  bad.say('x');
  t.equal(await good.ask('x'), 'a');
  await until(async () => (await rig.stats(service)).limits?.denied === 1);
  t.equal(a.clients.length, 1);
});
