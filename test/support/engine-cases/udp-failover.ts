import type { Test } from 'tap';
import type { VirtualService } from '../../../lib/model/virtual-service.ts';
import {
  pair,
  type UdpClient,
  type UdpServer,
  udpClient,
  udpServer,
  udpService,
} from '../datagrams.ts';
import { askDns, dnsSayer } from '../dns-words.ts';
import { type Rig, serverAt, tableOf, until } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

const CROWD = 40;
const SOON = { patienceMs: 300 };

export const udpFailover = {
  async 'UDP: a closed port costs nothing but a moment'(t, rig) {
    for (const ops of [false, true]) {
      const service = await udpService(rig, { ops });
      const [a, b] = await pair(t);
      await a.close();
      await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
      const failed = rig.event('connect-failed');
      const client = await udpClient(t, service);
      t.equal(await client.ask(), 'b');
      t.match(await failed, {
        service: service.id,
        server: a.entry().id,
        reason: `ECONNREFUSED 127.0.0.1:${a.port}`,
      });
      t.match(await rig.stats(service), { retries: 1, refusedConnections: 0 });
      t.equal((await rig.of(service, a.entry())).activeConnections, 0);
    }
  },

  async 'UDP: a session whose server dies goes on at another'(t, rig) {
    const service = await udpService(rig);
    const [a, b] = await pair(t);
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    const client = await udpClient(t, service);
    t.equal(await client.ask(), 'a');
    await a.close();
    for (let n = 0; n < 3; n++) t.equal(await client.ask(), 'b');
    t.equal((await rig.of(service, b.entry())).activeConnections, 1);
  },

  async 'UDP: what waits for a server that is found dead goes to another too'(t, rig) {
    for (const ops of [false, true]) {
      const service = await udpService(rig, { ops, scheduler: 'fo' });
      const silent = await udpServer(t, () => undefined);
      const b = await udpServer(t, () => 'b');
      const table = tableOf(service, silent.entry({ weight: 2 }), b.entry());
      await rig.engine.apply(table);
      const crowd = () =>
        Promise.all(Array.from({ length: CROWD }, () => udpClient(t, service)));
      const waiting = (await crowd()).map((client) => client.ask());
      await until(() => silent.clients.length === CROWD);
      await silent.close();
      const later = (await crowd()).map((client) => client.ask());
      const answers = await Promise.all([...waiting, ...later]);
      t.same(answers, Array(2 * CROWD).fill('b'));
    }
  },

  async 'UDP: one refusal moves all sessions of the server, each with its next packet'(
    t,
    rig,
  ) {
    const service = await udpService(rig, { scheduler: 'fo' });
    const [a, b] = await pair(t);
    await rig.engine.apply(tableOf(service, a.entry({ weight: 2 }), b.entry()));
    const crowd = await Promise.all(
      Array.from({ length: CROWD }, () => udpClient(t, service)),
    );
    for (const client of crowd) t.equal(await client.ask(), 'a');
    await a.close();
    for (const client of crowd) t.equal(await client.ask(), 'b');
    t.match(await rig.of(service, a.entry()), {
      activeConnections: 0,
      connectFailures: 1,
    });
    t.match(await rig.stats(service), { acceptedConnections: CROWD, retries: CROWD });
  },

  async 'UDP: a server that refused is left out until it answers again'(t, rig) {
    const service = await udpService(rig, { ops: true });
    const [a, b] = await pair(t);
    const again = () => udpServer(t, () => 'a', '127.0.0.1', a.port);
    await leftOut(t, rig, { service, servers: [a, b], again, ask: (one) => one.ask() });
  },

  async 'UDP: so is a DNS server, and no query is lost to find out'(t, rig) {
    const service = await udpService(rig, { service: 'dns' });
    const [a, b] = [await dnsSayer(t, 'a'), await dnsSayer(t, 'b')];
    const again = () => dnsSayer(t, 'a', a.port);
    await leftOut(t, rig, { service, servers: [a, b], again, ask: askDns });
  },

  async 'UDP: a server that never answers has its share again after a while'(t, rig) {
    const service = await udpService(rig, { ops: true }, { udpAnswerTimeoutMs: 300 });
    const dead = await udpServer(t, () => undefined);
    const other = await udpServer(t, () => undefined);
    await dead.close();
    await rig.engine.apply(tableOf(service, dead.entry(), other.entry()));
    const client = await udpClient(t, service);
    client.say('?');
    await until(() => other.clients.length === 1);
    const back = await udpServer(t, () => undefined, '127.0.0.1', dead.port);
    await until(() => {
      client.say('?');
      return back.clients.length > 0;
    });
    const own = back.clients.length;
    for (let n = 0; n < 20; n++) client.say('?');
    await until(() => back.clients.length >= own + 10);
  },

  async 'UDP: with no server left the packet is lost, and counted'(t, rig) {
    const service = await udpService(rig);
    const [a] = await pair(t);
    await rig.engine.apply(tableOf(service, a.entry()));
    await a.close();
    const client = await udpClient(t, service, SOON);
    t.equal(await client.ask(), 'nothing');
    await until(async () => (await rig.stats(service)).refusedConnections === 1);
    t.equal((await rig.stats(service)).acceptedConnections, 1);
    await udpServer(t, () => 'a', '127.0.0.1', a.port);
    const next = await udpClient(t, service);
    t.equal(await next.ask(), 'a', 'its only server is asked without delay');
  },

  async 'UDP: an address that no socket can be connected to is passed over'(t, rig) {
    const service = await udpService(rig, { scheduler: 'fo' });
    const [a] = await pair(t);
    const linkless = serverAt('fe80::1', a.port, { weight: 2 }); // of which link?
    await rig.engine.apply(tableOf(service, linkless, a.entry()));
    const failed = rig.event('connect-failed');
    const client = await udpClient(t, service);
    t.equal(await client.ask(), 'a');
    t.match(await failed, { server: linkless.id, reason: 'EINVAL' });
  },

  async 'UDP: a server that is the service itself is never asked'(t, rig) {
    const service = await udpService(rig, { ops: true });
    const [a] = await pair(t);
    const { address = '', port = 0 } = service;
    const itself = serverAt(address, port);
    await rig.engine.apply(tableOf(service, itself, a.entry()));
    const failed = rig.event('connect-failed');
    const client = await udpClient(t, service);
    for (let n = 0; n < 4; n++) t.equal(await client.ask(), 'a');
    t.match(await failed, { server: itself.id, reason: 'the virtual service itself' });
    t.equal((await rig.stats(service)).acceptedConnections, 4, 'no packet came back');
  },
} as const satisfies Record<string, EngineCase>;

interface Scene {
  readonly service: VirtualService;
  /** They say `a` and `b`. */
  readonly servers: readonly [UdpServer, UdpServer];
  /** Has the first one back. */
  again(): Promise<unknown>;
  ask(client: UdpClient): Promise<string>;
}

async function leftOut(
  t: Test,
  rig: Rig,
  { service, servers: [a, b], again, ask }: Scene,
): Promise<void> {
  await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
  const client = await udpClient(t, service);
  t.same([await ask(client), await ask(client)], ['a', 'b']);
  await a.close();
  for (let n = 0; n < 20; n++) t.equal(await ask(client), 'b');
  const { connectFailures } = await rig.of(service, a.entry());
  t.ok(connectFailures <= 7, `it was asked ${connectFailures} times`);
  await again();
  await until(async () => (await ask(client)) === 'a');
  t.not(await ask(client), await ask(client), 'and has its turns again');
}
