import { pair, udpClient, udpServer, udpService } from '../datagrams.ts';
import { tableOf, until } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

const SOON = { patienceMs: 300 };

export const udpSessions = {
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
    for (const [address, largest] of [
      ['127.0.0.1', 65_507],
      ['::1', 65_527],
    ] as const) {
      const service = await udpService(rig, { address });
      const server = await udpServer(t, (datagram) => datagram, address);
      await rig.engine.apply(tableOf(service, server.entry()));
      const client = await udpClient(t, service);
      for (const size of [0, 1, 1472, 1473, 9000, largest])
        t.equal(await client.ask(Buffer.alloc(size, 'x')), 'x'.repeat(size));
    }
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
    const service = await udpService(rig, {}, { udpIdleTimeoutMs: 4000 });
    const [a, b] = await pair(t);
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    const client = await udpClient(t, service);
    for (let n = 0; n < 16; n++) {
      t.equal(await client.ask(), 'a');
      await new Promise((wait) => setTimeout(wait, 400));
    }
    t.equal((await rig.of(service, a.entry())).totalConnections, 1);
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
    const service = await udpService(rig, {}, { udpIdleTimeoutMs: 5000 });
    const [a, b] = await pair(t);
    const servers = [a.entry({ upper: 1, lower: 1 }), b.entry({ upper: 1, lower: 1 })];
    await rig.engine.apply(tableOf(service, ...servers));
    const answers = [];
    for (let n = 0; n < 2; n++) answers.push(await (await udpClient(t, service)).ask());
    t.same(answers.sort(), ['a', 'b']);
    const third = await udpClient(t, service, SOON);
    t.equal(await third.ask(), 'nothing', 'both are full');
    await until(async () => (await rig.stats(service)).refusedConnections === 1);
    await until(async () => (await third.ask()) !== 'nothing');
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
} as const satisfies Record<string, EngineCase>;
