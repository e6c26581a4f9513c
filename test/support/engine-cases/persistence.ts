import { ending, type Rig, type TestServer, tableOf, until } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

export const persistence = {
  async 'a client keeps its server, and others get theirs'(t, rig) {
    const service = await rig.service({ persistent: 60 });
    const [a, b] = await pair(rig);
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    const first = await rig.ask(service, '127.0.0.1');
    const second = await rig.ask(service, '127.0.0.2');
    t.same([first, second], ['a', 'b']);
    for (let n = 0; n < 3; n++) {
      t.equal(await rig.ask(service, '127.0.0.2'), 'b');
      t.equal(await rig.ask(service, '127.0.0.1'), 'a');
    }
    t.equal((await rig.stats(service)).persistenceEntries, 2);
  },

  async 'clients of one network are one under the netmask'(t, rig) {
    const netmask = '255.255.255.0';
    const service = await rig.service({ persistent: 60, netmask });
    const [a, b] = await pair(rig);
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    t.equal(await rig.ask(service, '127.0.0.1'), 'a');
    t.equal(await rig.ask(service, '127.0.0.200'), 'a');
    t.equal(await rig.ask(service, '127.0.1.1'), 'b');
    t.equal((await rig.stats(service)).persistenceEntries, 2);
  },

  async 'a persistent client still reaches its quiesced server'(t, rig) {
    const service = await rig.service({ persistent: 60 });
    const [a, b] = await pair(rig);
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    t.equal(await rig.ask(service, '127.0.0.1'), 'a');
    await rig.engine.apply(tableOf(service, a.entry({ weight: 0 }), b.entry()));
    t.equal(await rig.ask(service, '127.0.0.1'), 'a');
    t.equal(await rig.ask(service, '127.0.0.2'), 'b');
    const last = tableOf(service, a.entry({ weight: 0 }), b.entry({ weight: 0 }));
    const [outcome] = await rig.engine.apply(last);
    t.equal(outcome?.state, 'carried', 'the listener stays for those who may come');
    t.equal(await rig.ask(service, '127.0.0.1'), 'a');
    t.equal(await ending(await rig.client(service, '127.0.0.3')), 'ECONNRESET');
  },

  async 'a persistent client reaches its server over the upper threshold'(t, rig) {
    const service = await rig.service({ persistent: 60 });
    const server = await rig.server((socket) => socket.write('a'));
    await rig.engine.apply(tableOf(service, server.entry({ upper: 1 })));
    const clients = [await rig.client(service), await rig.client(service)];
    for (const client of clients) client.resume();
    await until(() => clients.every((client) => client.bytesRead === 1));
    const stranger = await rig.client(service, '127.0.0.2');
    t.equal(await ending(stranger), 'ECONNRESET');
  },

  async 'an entry goes with its server'(t, rig) {
    const service = await rig.service({ persistent: 60 });
    const [a, b] = await pair(rig);
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    t.equal(await rig.ask(service), 'a');
    await rig.engine.apply(tableOf(service, b.entry()));
    t.equal((await rig.stats(service)).persistenceEntries, 0);
    t.equal(await rig.ask(service), 'b');
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    t.equal(await rig.ask(service), 'b', 'it does not go back');
  },

  async 'an entry follows to the next server when its own is dead'(t, rig) {
    const service = await rig.service({ persistent: 60 });
    const [a, b] = await pair(rig);
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    t.equal(await rig.ask(service), 'a');
    a.server.close();
    for (const socket of a.sockets) socket.destroy();
    t.equal(await rig.ask(service), 'b');
    t.equal(await rig.ask(service), 'b');
    const { retries, persistenceEntries } = await rig.stats(service);
    t.same([retries, persistenceEntries], [1, 1]);
  },

  async 'the listener closes with the last entry of quiesced servers'(t, rig) {
    const service = await rig.service({ persistent: 4 });
    const [a] = await pair(rig);
    await rig.engine.apply(tableOf(service, a.entry()));
    t.equal(await rig.ask(service), 'a');
    const closed = rig.event('outcome');
    await rig.engine.apply(tableOf(service, a.entry({ weight: 0 })));
    t.same((await closed).outcome, { id: service.id, state: 'idle' });
    t.equal((await rig.stats(service)).persistenceEntries, 0);
    await t.rejects(rig.client(service), { code: 'ECONNREFUSED' });
  },

  async 'an entry goes when its time is over, though nothing else changes'(t, rig) {
    const service = await rig.service({ persistent: 4 });
    const [a] = await pair(rig);
    await rig.engine.apply(tableOf(service, a.entry()));
    t.equal(await rig.ask(service), 'a');
    t.equal((await rig.stats(service)).persistenceEntries, 1);
    await until(async () => (await rig.stats(service)).persistenceEntries === 0);
  },

  async 'an entry outlives its time while a connection made under it lives'(t, rig) {
    const service = await rig.service({ persistent: 1 });
    const server = await rig.server((socket) => socket.write('a'));
    await rig.engine.apply(tableOf(service, server.entry()));
    const client = await rig.client(service);
    client.resume();
    await until(() => client.bytesRead === 1);
    const over = performance.now() + 2000;
    await until(() => performance.now() > over);
    t.equal((await rig.stats(service)).persistenceEntries, 1);
  },
} as const satisfies Record<string, EngineCase>;

async function pair(rig: Rig): Promise<[TestServer, TestServer]> {
  return [
    await rig.server((socket) => socket.end('a')),
    await rig.server((socket) => socket.end('b')),
  ];
}
