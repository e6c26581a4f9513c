import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import type { ServerEntry } from '../../../lib/model/engine.ts';
import type {
  ServiceOptions,
  VirtualService,
} from '../../../lib/model/virtual-service.ts';
import { pair, udpClient, udpService } from '../../support/datagrams.ts';
import { ending, type Rig, rigFor, tableOf, until } from '../../support/engine-rig.ts';

/** One place, as server-connections = 1 makes it. */
const ONE = { lower: 1, upper: 1 };

async function stage(
  t: Test,
  options: Partial<ServiceOptions> = {},
  entry: Partial<ServerEntry> = ONE,
) {
  const rig = rigFor(t, createNetEngine());
  const service = await rig.service(
    {},
    { queue: 100, queueTimeoutMs: 60_000, ...options },
  );
  const server = await rig.server((socket) => {
    socket.on('data', (text) => socket.write(`to ${text}`));
    socket.on('end', () => socket.end());
  });
  await rig.engine.apply(tableOf(service, server.entry(entry)));
  return { rig, service, server };
}

/** A client that has said its name; it is served when that comes back. */
async function enter(rig: Rig, service: VirtualService, name: string): Promise<Socket> {
  const client = await rig.client(service);
  client.write(name);
  client.resume();
  return client;
}

async function waits(rig: Rig, service: VirtualService, count: number): Promise<void> {
  await until(async () => (await rig.stats(service)).limits?.queued === count);
}

t.test('first in, first out: a place goes to the longest waiting', async (t) => {
  const { rig, service, server } = await stage(t);
  const served: string[] = [];
  const clients: Socket[] = [];
  for (let n = 0; n < 12; n++) {
    const client = await rig.client(service);
    client.write(String(n));
    client.on('data', (text) => served.push(text.toString()));
    clients.push(client);
    if (n > 0) await waits(rig, service, n);
  }
  const began = performance.now();
  for (let n = 0; n < 12; n++) {
    await until(() => served.length === n + 1);
    clients[n]?.end();
  }
  const took = performance.now() - began;
  t.same(
    served,
    clients.map((_, n) => `to ${n}`),
  );
  t.comment(`12 clients in order, ${(took / 12).toFixed(1)} ms each`);
  t.equal(server.sockets.length, 12);
  t.match(await rig.stats(service), {
    acceptedConnections: 12,
    refusedConnections: 0,
    limits: { queued: 0, mostQueued: 11, queueTimeouts: 0 },
  });
});

t.test('who has waited in vain is refused when the time is over', async (t) => {
  const { rig, service, server } = await stage(t, { queueTimeoutMs: 1000 });
  await enter(rig, service, 'a');
  await until(() => server.sockets.length === 1);
  const began = performance.now();
  const late = await rig.client(service);
  t.equal(await ending(late), 'ECONNRESET');
  const took = performance.now() - began;
  t.ok(took > 850 && took < 20_000, `after ${Math.round(took)} ms`);
  t.match(await rig.stats(service), {
    refusedConnections: 1,
    limits: { queued: 0, mostQueued: 1, queueTimeouts: 1 },
  });
  t.equal(server.sockets.length, 1, 'it cost the server nothing');
});

t.test('the queue is bounded', async (t) => {
  const { rig, service } = await stage(t, { queue: 2 });
  for (const name of ['a', 'b', 'c']) await enter(rig, service, name);
  await waits(rig, service, 2);
  t.equal(await ending(await rig.client(service)), 'ECONNRESET');
  t.match(await rig.stats(service), {
    refusedConnections: 1,
    limits: { queued: 2, queueTimeouts: 0 },
  });
});

t.test(
  'without a queue, and where no server would serve, it is as before',
  async (t) => {
    const plain = await stage(t, { queue: 0 });
    await enter(plain.rig, plain.service, 'a');
    await until(() => plain.server.sockets.length === 1);
    t.equal(await ending(await plain.rig.client(plain.service)), 'ECONNRESET');
    const { rig, service, server } = await stage(t, {}, { weight: 1 });
    server.server.close();
    t.equal(await ending(await rig.client(service)), 'ECONNRESET');
    t.equal((await rig.stats(service)).limits?.mostQueued, 0);
  },
);

t.test('a client that leaves costs nothing further', async (t) => {
  const { rig, service, server } = await stage(t);
  const first = await enter(rig, service, 'a');
  await until(() => server.sockets.length === 1);
  const reset = await enter(rig, service, 'reset');
  const ended = await enter(rig, service, 'ended');
  const silent = await rig.client(service);
  await waits(rig, service, 3);
  reset.resetAndDestroy();
  await waits(rig, service, 2);
  ended.end();
  await waits(rig, service, 1);
  silent.end();
  await waits(rig, service, 0);
  first.end();
  await sleep(300);
  t.equal(server.sockets.length, 1, 'no server was dialled for them');
  t.equal((await rig.stats(service)).refusedConnections, 0);
});

t.test('abortonclose = no: an end behind words may await an answer', async (t) => {
  const { rig, service, server } = await stage(t, { abortOnClose: false });
  const first = await enter(rig, service, 'a');
  await until(() => server.sockets.length === 1);
  const asks = await rig.client(service);
  let answer = '';
  asks.on('data', (text) => {
    answer += text;
  });
  asks.end('half');
  const silent = await rig.client(service);
  await waits(rig, service, 2);
  silent.end();
  await waits(rig, service, 1);
  first.end();
  await until(() => asks.readableEnded);
  t.equal(answer, 'to half');
});

t.test('what a client sends while it waits goes to its server, whole', async (t) => {
  const { rig, service, server } = await stage(t);
  const first = await enter(rig, service, 'a');
  await until(() => server.sockets.length === 1);
  const sent = Buffer.alloc(3_000_000, 'waiting for a place. ');
  const next = server.next();
  const client = await rig.client(service);
  client.write(sent.subarray(0, 10));
  await sleep(50);
  client.write(sent.subarray(10, 5000));
  await sleep(50);
  client.end(sent.subarray(5000));
  await waits(rig, service, 1);
  await sleep(200);
  first.end();
  const got: Buffer[] = [];
  const socket = await next;
  socket.removeAllListeners('data').on('data', (chunk) => got.push(chunk));
  await until(() => socket.readableEnded);
  t.ok(Buffer.concat(got).equals(sent), 'all of it, in order');
});

t.test('a raised cap, and a server that comes, let in who waits', async (t) => {
  const { rig, service, server } = await stage(t);
  for (const name of ['a', 'b', 'c', 'd']) await enter(rig, service, name);
  await waits(rig, service, 3);
  await rig.engine.apply(tableOf(service, server.entry({ lower: 2, upper: 2 })));
  await waits(rig, service, 2);
  const second = await rig.server(() => {});
  const both = [server.entry({ lower: 2, upper: 2 }), second.entry()];
  await rig.engine.apply(tableOf(service, ...both));
  await waits(rig, service, 0);
  await until(() => second.sockets.length + server.sockets.length === 4);
});

t.test('who waits when the service goes is refused', async (t) => {
  const { rig, service } = await stage(t);
  await enter(rig, service, 'a');
  const waiting = await enter(rig, service, 'b');
  await waits(rig, service, 1);
  await rig.engine.apply([]);
  t.equal(await ending(waiting), 'ECONNRESET');
});

t.test('service-connections holds for all servers together', async (t) => {
  const { rig, service, server } = await stage(t, { serviceConnections: 3 }, {});
  const second = await rig.server((socket) => socket.resume());
  await rig.engine.apply(tableOf(service, server.entry(), second.entry()));
  const clients = [];
  for (let n = 0; n < 5; n++) clients.push(await enter(rig, service, String(n)));
  await waits(rig, service, 2);
  await until(() => server.sockets.length + second.sockets.length === 3);
  for (const client of clients.slice(0, 2)) client.resetAndDestroy();
  await waits(rig, service, 0);
  await until(() => server.sockets.length + second.sockets.length === 5);
});

t.test('a cap that is set later counts who is there', async (t) => {
  const { rig, service, server } = await stage(t, { queue: 0 }, {});
  const clients = [];
  for (let n = 0; n < 3; n++) clients.push(await enter(rig, service, String(n)));
  await until(() => server.sockets.length === 3);
  const options = { ...service.options, serviceConnections: 3 };
  await rig.engine.apply(tableOf({ ...service, options }, server.entry()));
  t.equal(await ending(await rig.client(service)), 'ECONNRESET');
  clients[0]?.resetAndDestroy();
  await until(
    async () => (await rig.of(service, server.entry())).activeConnections === 2,
  );
  await enter(rig, service, 'next');
  await until(() => server.sockets.length === 4);
  t.equal(await ending(await rig.client(service)), 'ECONNRESET');
});

t.test(
  'clients that persist wait for their server, and others pass them',
  async (t) => {
    const rig = rigFor(t, createNetEngine());
    const options = { queue: 10, serverConnections: 1 };
    const service = await rig.service({ persistent: 300 }, options);
    const a = await rig.server((socket) => socket.write('a'));
    const b = await rig.server((socket) => socket.write('b'));
    await rig.engine.apply(tableOf(service, a.entry(ONE), b.entry(ONE)));
    const heard = new Map<string, string>();
    const visit = async (name: string, from: string) => {
      const client = await rig.client(service, from);
      client.on('data', (text) => heard.set(name, text.toString()));
      return client;
    };
    const first = await visit('first', '127.0.0.5');
    await until(() => heard.size === 1);
    await visit('same', '127.0.0.5');
    await waits(rig, service, 1);
    await visit('other', '127.0.0.6');
    await until(() => heard.size === 2);
    t.not(heard.get('other'), heard.get('first'));
    first.resetAndDestroy();
    await until(() => heard.size === 3);
    t.equal(heard.get('same'), heard.get('first'));
  },
);

t.test(
  'the connection log: how long it waited, behind how many, and how that ended',
  async (t) => {
    const lines: string[] = [];
    const connectionLog = {
      write(text: string) {
        lines.push(...text.trim().split('\n'));
      },
    };
    const rig = rigFor(t, createNetEngine({ connectionLog }));
    const options = { queue: 9, queueTimeoutMs: 3000, logConnections: true };
    const service = await rig.service({}, options);
    const server = await rig.server((socket) => socket.on('end', () => socket.end()));
    await rig.engine.apply(tableOf(service, server.entry(ONE)));
    const first = await rig.client(service);
    await until(() => server.sockets.length === 1);
    const leaves = await rig.client(service);
    await waits(rig, service, 1);
    const late = await rig.client(service);
    await waits(rig, service, 2);
    leaves.resetAndDestroy();
    await until(() => lines.length === 1);
    t.match(lines[0], /<NOSRV> \d+\/-1\/\d+ 0 CQ \d\/\d\/\d\/0\/0 0\/0$/);
    await ending(late);
    await until(() => lines.length === 2);
    t.match(lines[1], /<NOSRV> \d{4,}\/-1\/\d+ 0 sQ \d\/\d\/\d\/0\/0 0\/1$/);
    const last = await rig.client(service);
    await waits(rig, service, 1);
    await sleep(200);
    first.end();
    await until(() => server.sockets.length === 2);
    last.end();
    await until(() => lines.length === 4);
    const waited = '(?:[2-9]\\d\\d|\\d{4})';
    t.match(lines[3], new RegExp(`:\\d+ ${waited}/${waited}/${waited} 0 -- `));
  },
);

t.test('the caps hold for UDP sessions; what is beyond is lost', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const service = await udpService(rig, {}, { serviceConnections: 2, queue: 5 });
  const [a] = await pair(t);
  await rig.engine.apply(tableOf(service, a.entry()));
  for (let n = 0; n < 2; n++) t.equal(await (await udpClient(t, service)).ask(), 'a');
  const third = await udpClient(t, service, { patienceMs: 300 });
  t.equal(await third.ask(), 'nothing');
  await until(async () => (await rig.stats(service)).refusedConnections === 1);
  t.match((await rig.stats(service)).limits, { queued: 0, mostQueued: 0 });
});
