import { blackHole } from '../black-hole.ts';
import { ending, freePort, received, serverAt, tableOf } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

/** Schedulers that bind a client to a server, and what it sees when that one is dead. */
const STRICT = [
  ['sh', undefined, ['here', 'reset']],
  ['sh', 'sh-fallback', ['here', 'here']],
  ['dh', undefined, ['here', 'reset']],
] as const;

export const dialling = {
  async 'connections go to the servers in turn'(t, rig) {
    const service = await rig.service();
    const a = await rig.server((socket) => socket.end('a'));
    const b = await rig.server((socket) => socket.end('b'));
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    const answers: string[] = [];
    for (let i = 0; i < 6; i++) answers.push(await rig.ask(service));
    t.same(answers, ['a', 'b', 'a', 'b', 'a', 'b']);
    const { servers, acceptedConnections } = await rig.stats(service);
    t.same(
      servers.map(({ totalConnections }) => totalConnections),
      [3, 3],
    );
    t.equal(acceptedConnections, 6);
  },

  async 'a refused dial costs the client nothing'(t, rig) {
    const service = await rig.service();
    const dead = serverAt('127.0.0.1', await freePort());
    const live = await rig.server(async (socket) => {
      socket.end(await received(socket));
    });
    await rig.engine.apply(tableOf(service, dead, live.entry()));
    const failed = rig.event('connect-failed');
    for (let i = 0; i < 4; i++) {
      const client = await rig.client(service);
      client.end('said before the server was found');
      t.equal(await received(client), 'said before the server was found');
    }
    const event = await failed;
    t.match(event, { service: service.id, server: dead.id, reason: /ECONNREFUSED/ });
    const { retries, refusedConnections } = await rig.stats(service);
    t.equal(refusedConnections, 0);
    t.ok(retries >= 2, `${retries} retries`);
    t.equal((await rig.of(service, dead)).connectFailures, retries);
    t.equal((await rig.of(service, dead)).totalConnections, 0);
  },

  async 'sh dials again only with its fallback flag, dh never'(t, rig) {
    const dead = serverAt('127.0.0.1', await freePort());
    const live = await rig.server((socket) => socket.end('here'));
    // On one side of the two tables or the other the client's own server is the dead one.
    const tables = [
      [dead, live.entry()],
      [live.entry(), dead],
    ] as const;
    for (const [scheduler, schedflags, answers] of STRICT) {
      const service = await rig.service({ scheduler, schedflags });
      const seen: string[] = [];
      for (const servers of tables) {
        await rig.engine.apply(tableOf(service, ...servers));
        const client = await rig.client(service);
        const answer = client.errored ? 'reset' : received(client).catch(() => 'reset');
        seen.push(await answer);
      }
      t.same(seen.sort(), answers, `${scheduler} ${schedflags ?? ''}`);
    }
  },

  async 'a server that is the service itself is never dialled'(t, rig) {
    const service = await rig.service();
    const loop = serverAt('127.0.0.1', service.port ?? 0, { method: 'gate' });
    await rig.engine.apply(tableOf(service, loop));
    const failed = rig.event('connect-failed');
    t.equal(await ending(await rig.client(service)), 'ECONNRESET');
    t.match(await failed, { server: loop.id, reason: /virtual service itself.*masq/ });
    t.equal((await rig.stats(service)).acceptedConnections, 1);
  },

  async 'a dial that nobody answers is made again elsewhere'(t, rig) {
    const service = await rig.service({}, { connectTimeoutMs: 2000 });
    const hole = serverAt('127.0.0.1', await blackHole(t));
    const live = await rig.server((socket) => socket.end('here'));
    await rig.engine.apply(tableOf(service, hole, live.entry()));
    const failed = rig.event('connect-failed');
    for (let i = 0; i < 2; i++) t.equal(await rig.ask(service), 'here');
    t.match(await failed, { server: hole.id, reason: /timed out after 2000 ms/ });
    const { retries } = await rig.stats(service);
    t.equal((await rig.of(service, hole)).connectFailures, retries);
  },

  async 'a client is reset when every server has been tried in vain'(t, rig) {
    const service = await rig.service();
    const dead = [await freePort(), await freePort(), await freePort()];
    const servers = dead.map((port) => serverAt('127.0.0.1', port));
    await rig.engine.apply(tableOf(service, ...servers));
    const client = await rig.client(service);
    t.equal(await ending(client), 'ECONNRESET');
    const stats = await rig.stats(service);
    t.equal(stats.refusedConnections, 1);
    t.equal(stats.retries, 2);
    t.same(
      stats.servers.map(({ connectFailures }) => connectFailures),
      [1, 1, 1],
    );
    t.same(
      stats.servers.map(({ activeConnections }) => activeConnections),
      [0, 0, 0],
    );
  },

  async 'an IPv6 client reaches an IPv4 server, and the other way round'(t, rig) {
    const six = await rig.service({ address: '::1' });
    const four = await rig.service();
    const on4 = await rig.server((socket) => socket.end('four'));
    const on6 = await rig.server((socket) => socket.end('six'), '::1');
    const table = [
      { service: six, servers: [on4.entry()] },
      { service: four, servers: [on6.entry()] },
    ];
    const outcomes = await rig.engine.apply(table);
    t.same(
      outcomes.map(({ state }) => state),
      ['carried', 'carried'],
    );
    t.equal(await rig.ask(six), 'four');
    t.equal(await rig.ask(four), 'six');
  },
} as const satisfies Record<string, EngineCase>;
