import { once } from 'node:events';
import { ending, received, tableOf, until } from '../engine-rig.ts';
import type { EngineCase } from '../engine-suite.ts';

export const table = {
  async 'a quiesced server keeps its connections and gets no more'(t, rig) {
    const service = await rig.service();
    const a = await rig.server((socket) => socket.write('a'));
    const b = await rig.server((socket) => socket.end('b'));
    await rig.engine.apply(tableOf(service, a.entry()));
    const arrived = a.next();
    const client = await rig.client(service);
    const download = received(client);
    const socket = await arrived;
    await rig.engine.apply(tableOf(service, a.entry({ weight: 0 }), b.entry()));
    for (let n = 0; n < 3; n++) t.equal(await rig.ask(service), 'b');
    socket.end(' to its end');
    t.equal(await download, 'a to its end');
  },

  async 'round-robin goes on behind the last server chosen'(t, rig) {
    const service = await rig.service({ scheduler: 'rr' });
    const names = ['a', 'b', 'c', 'd'];
    const servers = await Promise.all(
      names.map((name) => rig.server((socket) => socket.end(name))),
    );
    let served = '';
    for (const [table, picks] of [
      ['b', 1],
      ['ab', 2], // a comes up ahead of it
      ['abcd', 3],
      ['bcd', 2], // a goes
      ['bd', 2], // so does c, which was the last
      ['dcba', 4],
    ] as const) {
      const listed = [...table].flatMap((name) => servers[names.indexOf(name)] ?? []);
      await rig.engine.apply(tableOf(service, ...listed.map((one) => one.entry())));
      for (let n = 0; n < picks; n++) served += await rig.ask(service);
      served += ' ';
    }
    t.equal(served, 'b ab cda bc db adcb ');
  },

  async 'a removed server resets its connections where it is to'(t, rig) {
    const service = await rig.service();
    const a = await rig.server((socket) => socket.write('a'));
    const b = await rig.server((socket) => socket.end('b'));
    await rig.engine.apply(tableOf(service, a.entry({ onRemoval: 'reset' })));
    const arrived = a.next();
    const client = await rig.client(service);
    const socket = await arrived;
    client.resume();
    await until(() => client.bytesRead === 1);
    const ends = [ending(client), ending(socket)];
    await rig.engine.apply(tableOf(service, b.entry()));
    t.same(await Promise.all(ends), ['ECONNRESET', 'ECONNRESET']);
    t.equal(await rig.ask(service), 'b');
    t.equal((await rig.stats(service)).servers.length, 1, 'nothing is left of it');
  },

  async 'a removed server keeps its connections where it is to'(t, rig) {
    const service = await rig.service();
    const a = await rig.server((socket) => socket.write('a'));
    const b = await rig.server((socket) => socket.end('b'));
    await rig.engine.apply(tableOf(service, a.entry()));
    const arrived = a.next();
    const client = await rig.client(service);
    const text = received(client);
    const socket = await arrived;
    await rig.engine.apply(tableOf(service, b.entry()));
    const { servers } = await rig.stats(service);
    t.same(
      servers.map(({ id, activeConnections }) => [id, activeConnections]),
      [
        [b.entry().id, 0],
        [a.entry().id, 1],
      ],
      'it is shown while it has connections',
    );
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    const back = await rig.of(service, a.entry());
    t.equal(back.activeConnections, 1, 'and is the same when it comes back');
    socket.end(', still');
    t.equal(await text, 'a, still');
  },

  async 'a removed service stops listening and ends its connections as told'(t, rig) {
    const [one, two] = [await rig.service(), await rig.service()];
    const a = await rig.server((socket) => socket.write('a'));
    const before = [
      { service: one, servers: [a.entry({ onRemoval: 'reset' })] },
      { service: two, servers: [a.entry({ onRemoval: 'keep' })] },
    ];
    await rig.engine.apply(before);
    const arrivals = once(a.server, 'connection');
    const first = await rig.client(one);
    await arrivals;
    const again = a.next();
    const second = await rig.client(two);
    const kept = await again;
    const end = ending(first);
    const text = received(second);
    t.same(await rig.engine.apply([]), []);
    t.equal(await end, 'ECONNRESET');
    await t.rejects(rig.client(one), { code: 'ECONNREFUSED' });
    await t.rejects(rig.client(two), { code: 'ECONNREFUSED' });
    kept.end(' and on');
    t.equal(await text, 'a and on');
  },

  async 'counters and connections stay with an id that stays'(t, rig) {
    const service = await rig.service();
    const a = await rig.server((socket) => socket.write('a'));
    await rig.engine.apply(tableOf(service, a.entry()));
    const client = await rig.client(service);
    client.resume();
    await until(() => client.bytesRead === 1);
    const changed = { ...service, scheduler: 'wlc', persistent: 30 };
    await rig.engine.apply(tableOf(changed, a.entry({ weight: 7, upper: 9 })));
    const own = await rig.of(service, a.entry());
    t.match(own, { activeConnections: 1, totalConnections: 1, bytesOut: 1 });
    t.equal((await rig.stats(service)).acceptedConnections, 1);
  },

  async '200 applies under load lose nothing'(t, rig) {
    const service = await rig.service();
    const handler = (socket: import('node:net').Socket) => socket.end('all of it');
    const a = await rig.server(handler);
    const b = await rig.server(handler);
    const c = await rig.server(handler);
    await rig.engine.apply(tableOf(service, a.entry(), b.entry()));
    let done = false;
    const load = Array.from({ length: 4 }, async () => {
      const answers = new Set<string>();
      let count = 0;
      for (; !done; count++) answers.add(await rig.ask(service));
      return { answers: [...answers], count };
    });
    for (let n = 0; n < 200; n++) {
      const weight = 1 + (n % 3);
      const servers = [a.entry({ weight }), ...(n % 2 ? [b.entry()] : [c.entry()])];
      await rig.engine.apply(tableOf(service, ...servers));
    }
    done = true;
    const results = await Promise.all(load);
    for (const { answers } of results) t.same(answers, ['all of it']);
    const total = results.reduce((sum, { count }) => sum + count, 0);
    const stats = await rig.stats(service);
    t.match(stats, { acceptedConnections: total, refusedConnections: 0 });
  },

  async 'a table that grows beyond its memory disturbs no connection'(t, rig) {
    const service = await rig.service();
    const a = await rig.server((socket) => socket.write('a'));
    await rig.engine.apply(tableOf(service, a.entry()));
    const arrived = a.next();
    const client = await rig.client(service);
    const text = received(client);
    const socket = await arrived;
    const many = Array.from({ length: 20_000 }, (_, n) =>
      a.entry({ id: `10.0.${n >> 8}.${n & 255}:80` }),
    );
    const grown = tableOf(service, a.entry(), ...many);
    t.match(await rig.engine.apply(grown), [{ state: 'carried' }]);
    t.equal((await rig.stats(service)).servers.length, 20_001);
    socket.end('!');
    t.equal(await text, 'a!');
    const last = await rig.client(service);
    last.resume();
    await until(() => last.bytesRead === 1);
  },
} as const satisfies Record<string, EngineCase>;
