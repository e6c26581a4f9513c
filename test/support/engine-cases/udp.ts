import type { Test } from 'tap';
import { type UdpServer, udpClient, udpServer, udpService } from '../datagrams.ts';
import { serverAt, tableOf, until } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

const CROWD = 40;
const SOON = { patienceMs: 300 };

export const udp = {
  async 'UDP: a port of a client keeps its server, the next one gets another'(t, rig) {
    const service = await udpService(rig);
    const [a, b] = await pair(t);
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    const first = await udpClient(t, service);
    const second = await udpClient(t, service);
    t.same([await first.ask('12345'), await second.ask()], ['a', 'b']);
    for (let n = 0; n < 3; n++) {
      t.equal(await second.ask(), 'b');
      t.equal(await first.ask('12345'), 'a');
    }
    t.match(await rig.of(service, a.entry()), {
      activeConnections: 1,
      inactiveConnections: 0,
      totalConnections: 1,
      bytesIn: 20,
      bytesOut: 4,
      connectFailures: 0,
    });
    t.match(await rig.stats(service), {
      acceptedConnections: 2,
      refusedConnections: 0,
    });
  },

  async 'UDP: a session hears as much as its server says, whenever it does'(t, rig) {
    const service = await udpService(rig);
    const server = await udpServer(t, () => 'yes');
    await rig.engine.apply(tableOf(service, server.entry()));
    const client = await udpClient(t, service);
    t.equal(await client.ask(), 'yes');
    for (let n = 0; n < 3; n++) {
      server.say(`more ${n}`, server.clients[0]);
      t.equal(await client.next(), `more ${n}`);
    }
  },

  async 'UDP: a datagram arrives whole, be it empty or the largest there is'(t, rig) {
    const service = await udpService(rig);
    const server = await udpServer(t, (datagram) => datagram);
    await rig.engine.apply(tableOf(service, server.entry()));
    const client = await udpClient(t, service);
    for (const size of [0, 1, 1472, 1473, 9000, 65_507])
      t.equal(await client.ask(Buffer.alloc(size, 'x')), 'x'.repeat(size));
  },

  async 'UDP: a silent session ends, and the next packet begins another'(t, rig) {
    const service = await udpService(rig, {}, { udpIdleTimeoutMs: 300 });
    const [a, b] = await pair(t);
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    const client = await udpClient(t, service);
    t.equal(await client.ask(), 'a');
    await until(async () => (await rig.of(service, a.entry())).activeConnections === 0);
    t.equal(await client.ask(), 'b');
  },

  async 'UDP: a session with traffic outlives its time'(t, rig) {
    const service = await udpService(rig, {}, { udpIdleTimeoutMs: 800 });
    const [a, b] = await pair(t);
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    const client = await udpClient(t, service);
    for (let n = 0; n < 16; n++) {
      t.equal(await client.ask(), 'a');
      await new Promise((wait) => setTimeout(wait, 100));
    }
    t.equal((await rig.of(service, a.entry())).totalConnections, 1);
  },

  async 'UDP: with ops each packet goes by itself, and so does each DNS query'(t, rig) {
    for (const fields of [{ ops: true }, { service: 'dns' }]) {
      const service = await udpService(rig, fields);
      const [a, b] = await pair(t);
      await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
      const client = await udpClient(t, service);
      const answers = [];
      for (let n = 0; n < 6; n++) answers.push(await client.ask());
      t.same(answers, ['a', 'b', 'a', 'b', 'a', 'b']);
      const active = async () =>
        (await rig.stats(service)).servers.map((one) => one.activeConnections);
      await until(async () => (await active()).every((count) => count === 0));
      for (const server of [a, b])
        t.match(await rig.of(service, server.entry()), {
          totalConnections: 3,
          bytesIn: 3,
          bytesOut: 3,
        });
    }
  },

  async 'UDP: one-packet answers find their own clients, however they cross'(t, rig) {
    const service = await udpService(rig, { ops: true });
    const echo = (datagram: Buffer) => datagram;
    const [a, b] = [await udpServer(t, echo), await udpServer(t, echo)];
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    const clients = await Promise.all(
      Array.from({ length: CROWD }, () => udpClient(t, service)),
    );
    for (let round = 0; round < 5; round++) {
      const asked = clients.map((client, n) => client.ask(`${n} of ${round}`));
      const expected = clients.map((_, n) => `${n} of ${round}`);
      t.same(await Promise.all(asked), expected);
    }
  },

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

  async 'UDP: a server that refused is left out until it answers again'(t, rig) {
    const service = await udpService(rig, { ops: true });
    const [a, b] = await pair(t);
    await a.close();
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    const client = await udpClient(t, service);
    for (let n = 0; n < 20; n++) t.equal(await client.ask(), 'b');
    const { connectFailures } = await rig.of(service, a.entry());
    t.ok(connectFailures <= 7, `it was asked ${connectFailures} times`);
    await udpServer(t, () => 'a', '127.0.0.1', a.port);
    await until(async () => (await client.ask()) === 'a');
    t.not(await client.ask(), await client.ask(), 'and has its turns again');
  },

  async 'UDP: with no server left the packet is lost, and counted'(t, rig) {
    const service = await udpService(rig);
    const [a] = await pair(t);
    await rig.engine.apply(tableOf(service, a.entry()));
    await a.close();
    const client = await udpClient(t, service, SOON);
    t.equal(await client.ask(), 'nothing');
    t.match(await rig.stats(service), {
      acceptedConnections: 1,
      refusedConnections: 1,
    });
    await udpServer(t, () => 'a', '127.0.0.1', a.port);
    t.equal(await client.ask(), 'a', 'its only server is asked without delay');
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

  async 'UDP: persistence goes by the address under the netmask'(t, rig) {
    for (const ops of [false, true]) {
      const netmask = '255.255.255.0';
      const service = await udpService(rig, { ops, persistent: 60, netmask });
      const [a, b] = await pair(t);
      await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
      for (const [from, server] of [
        ['127.0.0.1', 'a'],
        ['127.0.1.1', 'b'],
        ['127.0.0.200', 'a'],
        ['127.0.1.9', 'b'],
        ['127.0.0.1', 'a'],
      ] as const)
        t.equal(await (await udpClient(t, service, { from })).ask(), server);
      t.equal((await rig.stats(service)).persistenceEntries, 2);
      const quiesced = tableOf(service, a.entry({ weight: 0 }), b.entry());
      await rig.engine.apply(quiesced);
      const old = await udpClient(t, service, { from: '127.0.0.7' });
      const other = await udpClient(t, service, { from: '127.0.2.1' });
      t.same([await old.ask(), await other.ask()], ['a', 'b']);
    }
  },

  async 'UDP: sessions count for thresholds'(t, rig) {
    const service = await udpService(rig, {}, { udpIdleTimeoutMs: 1500 });
    const [a, b] = await pair(t);
    const servers = [a.entry({ upper: 1, lower: 1 }), b.entry({ upper: 1, lower: 1 })];
    await rig.engine.apply(tableOf(service, ...servers));
    const answers = [];
    for (let n = 0; n < 2; n++) answers.push(await (await udpClient(t, service)).ask());
    t.same(answers.sort(), ['a', 'b']);
    const third = await udpClient(t, service, SOON);
    t.equal(await third.ask(), 'nothing', 'both are full');
    t.equal((await rig.stats(service)).refusedConnections, 1);
    await until(async () => (await third.ask()) !== 'nothing');
  },

  async 'UDP: a quiesced server keeps its sessions, and gets no more'(t, rig) {
    const service = await udpService(rig, {}, { udpIdleTimeoutMs: 1000 });
    const [a, b] = await pair(t);
    await rig.engine.apply(tableOf(service, a.entry()));
    const client = await udpClient(t, service);
    t.equal(await client.ask(), 'a');
    const quiesced = a.entry({ weight: 0 });
    await rig.engine.apply(tableOf(service, quiesced, b.entry()));
    for (let n = 0; n < 3; n++) t.equal(await (await udpClient(t, service)).ask(), 'b');
    t.equal(await client.ask(), 'a');
    const idle = rig.event('outcome');
    const [now] = await rig.engine.apply(tableOf(service, quiesced));
    t.match(now, { state: 'carried' }, 'it is open for as long as there are sessions');
    t.equal(await client.ask(), 'a');
    t.equal(await (await udpClient(t, service, SOON)).ask(), 'nothing');
    t.match((await idle).outcome, { id: service.id, state: 'idle' });
    t.equal(await (await udpClient(t, service)).ask(), 'ECONNREFUSED');
  },

  async 'UDP: a removed server loses its sessions or keeps them, as told'(t, rig) {
    for (const [onRemoval, server] of [
      ['reset', 'b'],
      ['keep', 'a'],
    ] as const) {
      const service = await udpService(rig);
      const [a, b] = await pair(t);
      await rig.engine.apply(tableOf(service, a.entry({ onRemoval })));
      const client = await udpClient(t, service);
      t.equal(await client.ask(), 'a');
      await rig.engine.apply(tableOf(service, b.entry()));
      t.equal(await client.ask(), server);
      t.equal(await (await udpClient(t, service)).ask(), 'b');
    }
  },

  async 'UDP: the fallback serves while no server does'(t, rig) {
    const service = await udpService(rig);
    const [a, b] = await pair(t);
    const fallback = { id: `fallback:127.0.0.1:${b.port}`, fallback: true };
    await rig.engine.apply(tableOf(service, b.entry(fallback)));
    const client = await udpClient(t, service);
    t.equal(await client.ask(), 'b');
    await rig.engine.apply(tableOf(service, a.entry()));
    t.equal(await (await udpClient(t, service)).ask(), 'a');
  },

  async 'UDP: a service without servers refuses its clients'(t, rig) {
    const service = await udpService(rig);
    const [a] = await pair(t);
    const idle = [{ id: service.id, state: 'idle' }];
    const asked = async () => (await udpClient(t, service)).ask();
    t.same(await rig.engine.apply(tableOf(service)), idle);
    t.equal(await asked(), 'ECONNREFUSED');
    for (let n = 0; n < 3; n++) {
      const up = await rig.engine.apply(tableOf(service, a.entry()));
      t.same(up, [{ id: service.id, state: 'carried' }]);
      t.equal(await asked(), 'a', 'open before apply() resolves');
      await rig.engine.apply([]);
      t.equal(await asked(), 'ECONNREFUSED');
    }
  },

  async 'UDP and TCP have a port each of one number'(t, rig) {
    const service = await rig.service();
    const other = await udpService(rig, { port: service.port ?? 0 });
    const web = await rig.server((socket) => socket.end('web'));
    const [a] = await pair(t);
    const outcomes = await rig.engine.apply([
      ...tableOf(service, web.entry()),
      ...tableOf(other, a.entry()),
    ]);
    t.match(outcomes, [{ state: 'carried' }, { state: 'carried' }]);
    t.equal(await rig.ask(service), 'web');
    t.equal(await (await udpClient(t, other)).ask(), 'a');
  },

  async 'UDP over IPv6'(t, rig) {
    const service = await udpService(rig, { address: '::1' });
    const a = await udpServer(t, () => 'a', '::1');
    const dead = await udpServer(t, () => 'dead', '::1');
    await dead.close();
    await rig.engine.apply(tableOf(service, dead.entry(), a.entry()));
    const client = await udpClient(t, service);
    for (let n = 0; n < 3; n++) t.equal(await client.ask(), 'a');
  },

  async 'UDP: 100 changes of the table under load lose nothing'(t, rig) {
    const service = await udpService(rig, { ops: true });
    const servers = [...(await pair(t)), await udpServer(t, () => 'c')];
    await rig.engine.apply(tableOf(service, ...servers.map((one) => one.entry())));
    let done = false;
    const load = Array.from({ length: 4 }, async () => {
      const client = await udpClient(t, service);
      const answers = new Set<string>();
      while (!done) answers.add(await client.ask());
      return [...answers].sort();
    });
    for (let n = 0; n < 100; n++) {
      const weighed = servers.map((one, at) => one.entry({ weight: (n + at) % 3 }));
      await rig.engine.apply(tableOf(service, ...weighed));
    }
    done = true;
    for (const answers of await Promise.all(load)) t.same(answers, ['a', 'b', 'c']);
    t.equal((await rig.stats(service)).refusedConnections, 0);
  },
} as const satisfies Record<string, EngineCase>;

async function pair(t: Pick<Test, 'teardown'>): Promise<[UdpServer, UdpServer]> {
  return [await udpServer(t, () => 'a'), await udpServer(t, () => 'b')];
}
