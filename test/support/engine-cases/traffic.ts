import type { Socket } from 'node:net';
import type { Connection } from '../../../lib/model/traffic.ts';
import { blackHole } from '../black-hole.ts';
import { udpClient, udpServer, udpService } from '../datagrams.ts';
import { ending, type Rig, serverAt, tableOf, until } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

/** Nothing has this name. */
const NOBODY = 'n999999-1';

export const traffic = {
  async 'traffic: a connection is listed with its ends, its age and its bytes'(t, rig) {
    const service = await rig.service();
    const server = await rig.server((socket) => socket.pipe(socket));
    await rig.engine.apply(tableOf(service, server.entry()));
    const before = Date.now();
    const client = await rig.client(service);
    client.write('hello');
    client.resume();
    await until(() => client.bytesRead === 5);
    const [one] = await rig.connections(service, 1);
    t.match(one, {
      id: /^[A-Za-z0-9-]+$/,
      service: service.id,
      server: server.entry().id,
      client: `127.0.0.1:${client.localPort}`,
      protocol: 'tcp',
      state: 'open',
      bytesIn: 5,
      bytesOut: 5,
    });
    const began = Date.parse(one?.since ?? '');
    t.ok(began > before - 1000 && began < Date.now() + 1000, one?.since ?? 'never');
    t.same(
      await rig.connections(service, 1).then(names),
      [one?.id],
      'it keeps its name',
    );
  },

  async 'traffic: the list ends where it is told to, the number does not'(t, rig) {
    const [one, two] = [await rig.service(), await rig.service()];
    const a = await rig.server(() => {});
    const b = await rig.server(() => {});
    const table = [
      { service: one, servers: [a.entry(), b.entry()] },
      { service: two, servers: [a.entry()] },
    ];
    await rig.engine.apply(table);
    for (const service of [one, one, one, one, two]) await rig.client(service);
    await rig.connections(one, 4);
    await rig.connections(two, 1);
    const list = async (filter: object, most: number) => {
      const { items, total } = await rig.traffic.connections(filter, most);
      return [items.length, total];
    };
    t.same(await list({}, 3), [3, 5]);
    t.same(await list({}, 0), [0, 5]);
    t.same(await list({ service: one.id }, 9), [4, 4]);
    t.same(await list({ server: a.entry().id }, 9), [3, 3]);
    t.same(await list({ service: one.id, server: b.entry().id }, 1), [1, 2]);
    t.same(await list({ service: 'tcp:192.0.2.1:1' }, 9), [0, 0]);
    const { items } = await rig.traffic.connections({}, 9);
    t.equal(new Set(names(items)).size, 5, 'no two have one name');
    for (const id of names(items)) t.same(await list({ id }, 9), [1, 1]);
    t.same(await list({ id: NOBODY }, 9), [0, 0]);
    t.same(await list({ id: items[0]?.id, service: 'tcp:192.0.2.1:1' }, 9), [0, 0]);
  },

  async 'traffic: one that is ended is reset on both sides, the others go on'(t, rig) {
    const service = await rig.service();
    const server = await rig.server((socket) => socket.pipe(socket));
    await rig.engine.apply(tableOf(service, server.entry()));
    const arrived = server.next();
    const first = await rig.client(service);
    const real = await arrived;
    const second = await rig.client(service);
    const both = await rig.connections(service, 2);
    const { id } = found(both, first);
    const ends = [ending(first), ending(real)];
    t.equal(await rig.traffic.end({ id }), 1);
    t.same(await Promise.all(ends), ['ECONNRESET', 'ECONNRESET']);
    t.equal(await rig.traffic.end({ id }), 0, 'it is over');
    t.equal(await rig.traffic.end({ id: NOBODY }), 0);
    second.write('still here');
    second.resume();
    await until(() => second.bytesRead === 10);
    await carries(rig, service, server.entry(), 1, 0);
  },

  async 'traffic: all of a server are ended, half-closed ones too'(t, rig) {
    const service = await rig.service();
    const a = await rig.server((socket) => socket.resume());
    const b = await rig.server((socket) => socket.resume());
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    const clients: Socket[] = [];
    for (let n = 0; n < 6; n++) clients.push(await rig.client(service));
    const all = await rig.connections(service, 6);
    const mine = clients.filter((one) => found(all, one).server === a.entry().id);
    mine[0]?.end('the rest');
    await carries(rig, service, a.entry(), 2, 1);
    const states = (await rig.connections(service, 6)).map(({ state }) => state);
    t.equal(states.filter((state) => state === 'half-closed').length, 1);
    const ends = mine.map(ending);
    t.equal(await rig.traffic.end({ service: service.id, server: a.entry().id }), 3);
    t.same(await Promise.all(ends), Array(3).fill('ECONNRESET'));
    await carries(rig, service, a.entry(), 0, 0);
    await carries(rig, service, b.entry(), 3, 0);
    t.equal(await rig.traffic.end({}), 3);
    await carries(rig, service, b.entry(), 0, 0);
  },

  async 'traffic: one that is still being dialled is seen and ended'(t, rig) {
    const service = await rig.service();
    const hole = serverAt('127.0.0.1', await blackHole(t));
    await rig.engine.apply(tableOf(service, hole));
    const client = await rig.client(service);
    const of = { service: service.id };
    let seen: readonly Connection[] = [];
    await until(async () => {
      seen = (await rig.traffic.connections(of, 9)).items;
      return seen.length > 0;
    });
    t.match(seen, [{ server: hole.id, state: 'opening', bytesIn: 0, bytesOut: 0 }]);
    const end = ending(client);
    t.equal(await rig.traffic.end(of), 1);
    t.equal(await end, 'ECONNRESET');
    await carries(rig, service, hole, 0, 0);
    t.match(await rig.of(service, hole), { totalConnections: 0, connectFailures: 0 });
  },

  async 'traffic: a UDP session is listed and ended, the client gets a new one'(
    t,
    rig,
  ) {
    const service = await udpService(rig);
    const server = await udpServer(t, () => 'yes');
    await rig.engine.apply(tableOf(service, server.entry()));
    const client = await udpClient(t, service);
    t.equal(await client.ask(), 'yes');
    const [one] = await rig.connections(service, 1);
    t.match(one, { protocol: 'udp', state: 'open', server: server.entry().id });
    t.equal(server.clients.length, 1);
    t.equal(await rig.traffic.end({ id: one?.id }), 1);
    await carries(rig, service, server.entry(), 0, 0);
    t.equal(await client.ask(), 'yes');
    const [next] = await rig.connections(service, 1);
    t.not(next?.id, one?.id);
  },

  async 'traffic: clients that persist are listed, and scheduled anew when forgotten'(
    t,
    rig,
  ) {
    const service = await rig.service({ persistent: 60 });
    const other = await rig.service();
    const a = await rig.server((socket) => socket.end('a'));
    const b = await rig.server((socket) => socket.end('b'));
    const servers = [a.entry(), b.entry()];
    await rig.engine.apply([
      { service, servers },
      { service: other, servers },
    ]);
    await rig.ask(other);
    const said = [await rig.ask(service), await rig.ask(service, '127.0.0.2')];
    t.same(said, ['a', 'b']);
    const { items, total } = await rig.traffic.persistence({}, 9);
    t.equal(total, 2);
    t.match(
      items.toSorted((one, two) => (one.client < two.client ? -1 : 1)),
      [
        { service: service.id, server: a.entry().id, client: '127.0.0.1' },
        { service: service.id, server: b.entry().id, client: '127.0.0.2' },
      ],
    );
    for (const { expiresSeconds: left } of items)
      t.ok(left > 50 && left <= 60, `${left} s`);
    const list = async (filter: object, most: number) => {
      const found = await rig.traffic.persistence(filter, most);
      return [found.items.length, found.total];
    };
    t.same(await list({}, 1), [1, 2]);
    t.same(await list({ server: a.entry().id }, 9), [1, 1]);
    t.same(await list({ service: other.id }, 9), [0, 0]);
    t.same(await list({ client: '127.0.0.2' }, 9), [1, 1]);
    t.same(await list({ client: '127.0.0.2', server: a.entry().id }, 9), [0, 0]);
    t.same(await list({ client: 'nobody' }, 9), [0, 0]);
    t.equal(await rig.traffic.forget({ client: '127.0.0.1' }), 1);
    t.equal(await rig.traffic.forget({ client: '127.0.0.1' }), 0);
    t.equal((await rig.stats(service)).persistenceEntries, 1);
    t.same([await rig.ask(service), await rig.ask(service)], ['a', 'a'], 'a new entry');
    t.equal(await rig.traffic.forget({ service: service.id }), 2);
    t.same(await list({}, 9), [0, 0]);
    t.equal((await rig.stats(service)).persistenceEntries, 0);
  },

  async 'traffic: a network of clients is one entry, found by any of them'(t, rig) {
    const netmask = '255.255.255.0';
    const service = await rig.service({ persistent: 60, netmask });
    const server = await rig.server((socket) => socket.end('a'));
    await rig.engine.apply(tableOf(service, server.entry()));
    await rig.ask(service, '127.0.0.7');
    const of = { client: '127.0.0.200' };
    const { items } = await rig.traffic.persistence(of, 9);
    t.match(items, [{ client: '127.0.0.0/24' }]);
    t.equal(await rig.traffic.forget({ client: '127.0.0.0/24' }), 1);
  },

  async 'traffic: the listener closes with the last entry that is forgotten'(t, rig) {
    const service = await rig.service({ persistent: 60 });
    const server = await rig.server((socket) => socket.end('a'));
    await rig.engine.apply(tableOf(service, server.entry()));
    t.equal(await rig.ask(service), 'a');
    await rig.engine.apply(tableOf(service, server.entry({ weight: 0 })));
    const closed = rig.event('outcome');
    t.equal(await rig.traffic.forget({ server: server.entry().id }), 1);
    t.same((await closed).outcome, { id: service.id, state: 'idle' });
    await t.rejects(rig.client(service), { code: 'ECONNREFUSED' });
  },

  async 'traffic: of an engine with no table there is none'(t, rig) {
    t.same(await rig.traffic.connections({}, 9), { items: [], total: 0 });
    t.same(await rig.traffic.persistence({}, 9), { items: [], total: 0 });
    t.equal(await rig.traffic.end({}), 0);
    t.equal(await rig.traffic.forget({}), 0);
  },
} as const satisfies Record<string, EngineCase>;

function names(list: readonly Connection[]): readonly string[] {
  return list.map(({ id }) => id);
}

/** The client's. */
function found(list: readonly Connection[], { localPort }: Socket): Connection {
  const one = list.find(({ client }) => client === `127.0.0.1:${localPort}`);
  if (!one) throw new Error(`no connection from port ${localPort}`);
  return one;
}

/** Waits until the server has so many connections. */
async function carries(
  rig: Rig,
  service: Parameters<Rig['of']>[0],
  server: Parameters<Rig['of']>[1],
  active: number,
  inactive: number,
): Promise<void> {
  await until(async () => {
    const { activeConnections, inactiveConnections } = await rig.of(service, server);
    return activeConnections === active && inactiveConnections === inactive;
  });
}
