import { writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import t from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { udpClient, udpServer, udpService } from '../../support/datagrams.ts';
import { askDns, dnsSayer } from '../../support/dns-words.ts';
import { rigFor, tableOf, until } from '../../support/engine-rig.ts';

const SOON = { patienceMs: 300 };

t.test('a service at every address answers from the one that was asked', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  for (const [address, family] of [
    ['0.0.0.0', 'IPv4'],
    ['::', 'IPv6'],
  ] as const) {
    const service = await udpService(rig, { address });
    const a = await udpServer(t, () => 'a');
    t.match(await rig.engine.apply(tableOf(service, a.entry())), [
      { state: 'carried' },
    ]);
    const asked = own.filter((one) => one.family === family && !one.scopeid);
    t.ok(asked.length > 0);
    for (const one of asked) {
      const client = await udpClient(t, { ...service, address: one.address });
      t.equal(await client.ask(), 'a', one.address);
    }
  }
});

t.test('a port in use names its holder, and is taken when it is free', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const holder = await udpServer(t, () => 'not ours');
  const every = await udpServer(t, () => 'not ours', '0.0.0.0');
  const a = await udpServer(t, () => 'a');
  const service = await udpService(rig, { port: holder.port });
  const other = await udpService(rig, { port: every.port });
  const outcomes = await rig.engine.apply([
    ...tableOf(service, a.entry()),
    ...tableOf(other, a.entry()),
  ]);
  const who = (port: number, rest: string) =>
    new RegExp(`port ${port} is held by [^ ]+ \\(pid ${process.pid}\\).*${rest}`);
  t.match(outcomes, [
    { state: 'failed', problem: who(holder.port, 'stop it') },
    { state: 'failed', problem: who(every.port, 'listen-on') },
  ]);
  const changed = rig.event('outcome');
  await holder.close();
  t.same((await changed).outcome, { id: service.id, state: 'carried' });
  t.equal(await (await udpClient(t, service)).ask(), 'a');
});

t.test('a service that IPVS holds waits until it is cleared', async (t) => {
  const proc = t.testdir({ net: { ip_vs: '' } });
  const rig = rigFor(t, createNetEngine({ proc }));
  const service = await udpService(rig);
  const a = await udpServer(t, () => 'a');
  const port = (service.port ?? 0).toString(16).toUpperCase().padStart(4, '0');
  writeFileSync(`${proc}/net/ip_vs`, `UDP  7F000001:${port} rr\n`);
  const [held] = await rig.engine.apply(tableOf(service, a.entry()));
  const mend = `ipvsadm -D -u 127.0.0.1:${service.port}`;
  t.match(held, { state: 'failed', problem: mend });
  t.equal(await (await udpClient(t, service)).ask(), 'ECONNREFUSED');
  const changed = rig.event('outcome');
  writeFileSync(`${proc}/net/ip_vs`, `TCP  7F000001:${port} rr\n`); // Another protocol.
  t.same((await changed).outcome, { id: service.id, state: 'carried' });
});

t.test('past the most sessions the oldest makes room, strangers first', async (t) => {
  const rig = rigFor(t, createNetEngine({ maxConnections: 8 })); // half for UDP
  const service = await udpService(rig);
  const a = await udpServer(t, () => 'a');
  await rig.engine.apply(tableOf(service, a.entry()));
  const active = async () => (await rig.of(service, a.entry())).activeConnections;
  const regular = await udpClient(t, service);
  for (let n = 0; n < 2; n++) t.equal(await regular.ask(), 'a');
  const notice = rig.event('notice');
  for (let n = 0; n < 12; n++) {
    t.equal(await (await udpClient(t, service)).ask(), 'a', 'each is served');
    t.ok((await active()) <= 4);
  }
  t.match(await notice, { message: /as many UDP sessions/i });
  t.equal(await regular.ask(), 'a');
  t.match(await rig.of(service, a.entry()), { totalConnections: 13 });
  t.equal((await rig.stats(service)).refusedConnections, 0);
  t.equal(rig.engine.workers()[0]?.openConnections, 4);
});

t.test('queries without an answer end after their time', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const options = { udpAnswerTimeoutMs: 300 };
  const service = await udpService(rig, { service: 'dns' }, options);
  const a = await udpServer(t, () => undefined);
  await rig.engine.apply(tableOf(service, a.entry()));
  const client = await udpClient(t, service, SOON);
  for (let n = 0; n < 5; n++) client.say('?');
  await until(() => a.clients.length === 5);
  const sockets = new Set(a.clients.map(({ port }) => port));
  t.equal(sockets.size, 5, 'each with a port of its own');
  await until(async () => (await rig.of(service, a.entry())).activeConnections === 0);
  t.equal(rig.engine.workers()[0]?.openConnections, 0);
  client.say('?');
  await until(() => a.clients.length === 6);
  t.notOk(sockets.has(a.clients[5]?.port ?? 0), 'nor is its port used again');
  a.say('late', a.clients[0]);
  t.equal(await client.next(), 'nothing', 'what comes too late is nobody’s');
});

t.test('the next query goes through the same socket', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const service = await udpService(rig, { service: 'dns' });
  const a = await udpServer(t, () => 'a');
  await rig.engine.apply(tableOf(service, a.entry()));
  for (let n = 0; n < 5; n++) t.equal(await (await udpClient(t, service)).ask(), 'a');
  t.equal(new Set(a.clients.map(({ port }) => port)).size, 1);
  t.match(rig.engine.workers()[0], { openConnections: 1, acceptedConnections: 5 });
});

t.test('sessions end with the engine', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const service = await udpService(rig);
  const asked = await udpServer(t, () => undefined);
  await rig.engine.apply(tableOf(service, asked.entry()));
  const client = await udpClient(t, service);
  client.say('?');
  await until(() => asked.clients.length === 1);
  await rig.engine.close({ clean: true });
  asked.say('late', asked.clients[0]);
  t.equal(await client.ask(), 'ECONNREFUSED');
});

t.test('sessions end with their service, those of another go on', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const [service, other] = [await udpService(rig), await udpService(rig)];
  const asked = await udpServer(t, () => undefined);
  const a = await udpServer(t, () => 'a');
  const stays = tableOf(other, a.entry());
  await rig.engine.apply([...tableOf(service, asked.entry()), ...stays]);
  const client = await udpClient(t, service);
  const neighbour = await udpClient(t, other);
  client.say('?');
  t.equal(await neighbour.ask(), 'a');
  await until(() => asked.clients.length === 1);
  await rig.engine.apply(stays);
  asked.say('late', asked.clients[0]);
  t.equal(await client.ask(), 'ECONNREFUSED');
  t.equal(await neighbour.ask(), 'a');
  t.match(await rig.of(other, a.entry()), { totalConnections: 1, bytesOut: 2 });
  t.equal(rig.engine.workers()[0]?.openConnections, 1);
});

t.test('a copy that tries a dead server and has no answer ends in time', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const options = { udpAnswerTimeoutMs: 1500 };
  const service = await udpService(rig, { service: 'dns' }, options);
  const [a, b] = [await dnsSayer(t, 'a'), await dnsSayer(t, 'b')];
  await a.close();
  await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
  const client = await udpClient(t, service);
  t.equal(await askDns(client), 'b');
  const silent = await udpServer(t, () => undefined, '127.0.0.1', a.port);
  await until(async () => {
    t.equal(await askDns(client), 'b', 'nobody waits for it');
    return silent.clients.length > 0;
  });
  t.equal((await rig.of(service, a.entry())).activeConnections, 0);
  const open = () => rig.engine.workers()[0]?.openConnections;
  await until(() => open() === 1); // the one that rests
  t.equal(await askDns(client), 'b');
});

t.test('a reload from sessions to ops and back holds at once', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const service = await udpService(rig);
  const [a, b] = [await udpServer(t, () => 'a'), await udpServer(t, () => 'b')];
  const client = await udpClient(t, service);
  for (const [ops, expected] of [
    [false, /^(aaaa|bbbb)$/],
    [true, /^(abab|baba)$/],
    [false, /^(aaaa|bbbb)$/],
  ] as const) {
    await rig.engine.apply(tableOf({ ...service, ops }, a.entry(), b.entry()));
    let answers = '';
    for (let n = 0; n < 4; n++) answers += await client.ask();
    t.match(answers, expected);
  }
});
