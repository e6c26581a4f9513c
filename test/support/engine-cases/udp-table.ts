import { pair, udpClient, udpServer, udpService } from '../datagrams.ts';
import { tableOf } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

const SOON = { patienceMs: 300 };

export const udpTable = {
  async 'UDP: a quiesced server keeps its sessions, and gets no more'(t, rig) {
    const service = await udpService(rig, {}, { udpIdleTimeoutMs: 5000 });
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

  async 'UDP: 100 changes of the table under load lose nothing'(t, rig) {
    const service = await udpService(rig, { ops: true });
    const servers = [...(await pair(t)), await udpServer(t, () => 'c')];
    const even = tableOf(service, ...servers.map((one) => one.entry()));
    await rig.engine.apply(even);
    let done = false;
    const load = Array.from({ length: 4 }, async () => {
      const client = await udpClient(t, service);
      const answers = new Set<string>();
      while (!done || answers.size < 3) answers.add(await client.ask());
      return [...answers].sort();
    });
    for (let n = 0; n < 100; n++) {
      const weighed = servers.map((one, at) => one.entry({ weight: (n + at) % 3 }));
      await rig.engine.apply(tableOf(service, ...weighed));
    }
    await rig.engine.apply(even); // who has heard two of them only hears the third now
    done = true;
    for (const answers of await Promise.all(load)) t.same(answers, ['a', 'b', 'c']);
    t.equal((await rig.stats(service)).refusedConnections, 0);
  },
} as const satisfies Record<string, EngineCase>;
