import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import type { VirtualService } from '../../../lib/model/virtual-service.ts';
import { clientHello } from '../../support/client-hello.ts';
import { ending, received, until } from '../../support/engine-rig.ts';
import {
  type AllWishes,
  certificate,
  ECHOES,
  nothingOpen,
  shown,
  tlsClient,
  tlsHosts,
} from '../../support/tls-hosts.ts';

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

const hostsFor = (t: Test, wishes?: AllWishes) =>
  tlsHosts(t, (connectionLog) => createNetEngine({ connectionLog }), wishes);

t.test(
  'each name comes to its servers, and all others to the service’s own',
  async (t) => {
    const hosts = await hostsFor(t);
    const led = {
      'www.example.com': 'www.example.com',
      'WWW.EXAMPLE.COM': 'www.example.com',
      'a.example.org': 'star.example',
      'a.b.example.org': 'default.example',
      'example.org': 'default.example',
      'other.example': 'default.example',
      '': 'default.example',
    };
    for (const version of VERSIONS)
      for (const [name, whose] of Object.entries(led)) {
        const versions = { minVersion: version, maxVersion: version };
        t.equal(
          await certificate(t, hosts, name, versions),
          whose,
          `${version} ${name}`,
        );
      }
    await nothingOpen(hosts);
    const { rig, front, plain, star } = hosts;
    t.match(await rig.stats(front.service), {
      ...{
        acceptedConnections: 14,
        refusedConnections: 0,
        sniErrors: 0,
        sniUnmatched: 8,
      },
      servers: [{ totalConnections: 8 }],
    });
    t.match(await rig.stats(plain.service), {
      acceptedConnections: 4,
      servers: [{ totalConnections: 4 }],
    });
    t.match(await rig.stats(star.service), { servers: [{ totalConnections: 2 }] });
    await until(() => hosts.log().length === 14);
    const [first, , third, , , , last] = hosts.log();
    const [front_, plain_] = [front.service.id, plain.service.id];
    const [at] = plain.entry.servers;
    t.match(first, `] ${front_} ${plain_}/${at?.id} `);
    t.match(first, / -- \d+\/\d+\/\d+\/\d+\/0 0\/0 www\.example\.com$/);
    t.match(third, / a\.example\.org$/);
    t.match(last, / 0\/0 -$/);
  },
);

t.test('a ClientHello may be large, or come byte by byte', async (t) => {
  const hosts = await hostsFor(t);
  const ALPNProtocols = Array.from({ length: 300 }, (_, at) => `protocol-${at}`);
  t.equal(
    await certificate(t, hosts, 'www.example.com', { ALPNProtocols }),
    'www.example.com',
    'of some 4,000 bytes',
  );
  const drip = await between(t, hosts.front.service, async (bytes, to) => {
    for (const byte of bytes) {
      to.write(Buffer.of(byte));
      await sleep(1);
    }
  });
  const client = await tlsClient(t, drip, { servername: 'a.example.org' });
  t.equal(await shown(client), 'star.example');
  client.end();
  t.match(await hosts.rig.stats(hosts.front.service), {
    sniErrors: 0,
    sniUnmatched: 0,
  });
});

t.test('a ClientHello may be cut into several records', async (t) => {
  const hosts = await hostsFor(t);
  const recut = await between(t, hosts.front.service, async (bytes, to) => {
    const message = bytes.subarray(5);
    const half = message.indexOf('www.example') + 4; // within the name
    for (const part of [message.subarray(0, half), message.subarray(half)]) {
      const head = Buffer.from(bytes.subarray(0, 5));
      head.writeUInt16BE(part.length, 3);
      to.write(Buffer.concat([head, part]));
      await sleep(20);
    }
  });
  const client = await tlsClient(t, recut, {
    ...{ servername: 'www.example.com', maxVersion: 'TLSv1.2' },
  });
  t.equal(await shown(client), 'www.example.com');
  client.end();
});

/** Where clients come who send their first bytes that way to the service. */
async function between(
  t: Test,
  { address = '', port = 0 }: VirtualService,
  send: (first: Buffer, to: Socket) => Promise<void>,
): Promise<VirtualService> {
  const server = createServer((from) => {
    const to = connect({ host: address, port, noDelay: true });
    t.teardown(() => {
      from.destroy();
      to.destroy();
    });
    for (const socket of [from, to]) socket.on('error', () => {});
    to.pipe(from);
    from.once('data', (first) => {
      from.pause();
      void send(first, to).then(() => from.pipe(to));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const at = server.address() as { port: number };
  return { address: '127.0.0.1', port: at.port } as VirtualService;
}

t.test('all that the client sent comes to the server as it was', async (t) => {
  const { rig, front } = await hostsFor(t, ECHOES);
  const much = Buffer.alloc(3_000_000, 'x');
  const hellos = [
    clientHello({ name: 'www.example.com' }),
    clientHello({ name: 'www.example.com', share: 20_000, record: 700 }),
    clientHello({ name: 'nobody.example', share: 1216 }),
    Buffer.from('GET / HTTP/1.0\r\n\r\n'),
  ];
  for (const hello of hellos)
    for (const behind of [Buffer.alloc(0), much]) {
      const client = await rig.client(front.service);
      client.end(Buffer.concat([hello, behind]));
      const text = await received(client);
      t.ok(Buffer.from(text, 'latin1').equals(Buffer.concat([hello, behind])));
    }
});

t.test('who speaks no TLS, or for no listed name, can be refused', async (t) => {
  const hosts = await hostsFor(t, { front: { options: { sniDefault: 'refuse' } } });
  const { rig, front } = hosts;
  for (const bytes of [
    ...[clientHello({ name: 'other.example' }), clientHello({})],
    Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'),
  ]) {
    const client = await rig.client(front.service);
    client.write(bytes);
    t.equal(await ending(client), 'ECONNRESET');
  }
  t.equal(await certificate(t, hosts, 'www.example.com'), 'www.example.com');
  await nothingOpen(hosts);
  t.match(await rig.stats(front.service), {
    ...{ sniUnmatched: 3, sniErrors: 0, refusedConnections: 0 },
    servers: [{ totalConnections: 0 }],
  });
  await until(() => hosts.log().length === 4);
  const log = hosts.log();
  t.match(log[0], /<NOSRV> .* PR .* other\.example$/);
  t.match(log[1], /<NOSRV> .* PR .* -$/);
});

t.test('one without a whole ClientHello is reset, counted and told of', async (t) => {
  const sniTimeoutMs = 300;
  const hosts = await hostsFor(t, { front: { options: { sniTimeoutMs } } });
  const { rig, front } = hosts;
  const told = rig.event('notice');
  const half = clientHello({ name: 'www.example.com' }).subarray(0, 50);
  const began = performance.now();
  const silent = await rig.client(front.service);
  const slow = await rig.client(front.service);
  slow.write(half);
  t.strictSame(await Promise.all([silent, slow].map(ending)), [
    'ECONNRESET',
    'ECONNRESET',
  ]);
  const took = performance.now() - began;
  t.ok(took >= 200 && took < 20_000, `${took} ms`);
  const over = await rig.client(front.service);
  over.end(half);
  t.equal(await ending(over), 'ECONNRESET', 'at its end');
  const endless = await rig.client(front.service);
  endless.write(clientHello({ share: 32_000, record: 20 }));
  t.equal(await ending(endless), 'ECONNRESET', 'past the bound');
  const quiet = await rig.client(front.service);
  quiet.end();
  t.equal(await received(quiet), '', 'one without a word was no client');
  const gone = await rig.client(front.service);
  gone.resetAndDestroy();
  await nothingOpen(hosts);
  t.match(await rig.stats(front.service), {
    ...{ sniErrors: 4, sniUnmatched: 0, refusedConnections: 0 },
    servers: [{ totalConnections: 0 }],
  });
  const { message } = await told;
  t.match(message, /^A connection was closed for want of a TLS ClientHello/);
  t.match(message, /, from 127\.0\.0\.1:\d+: \d+ bytes of it came within 300 ms\)/);
  await until(() => hosts.log().length === 6);
  for (const line of hosts.log().slice(0, 2)) t.match(line, / cR .* -$/);
});

t.test('a thousand who never end their ClientHello stop nobody', async (t) => {
  const options = { sniTimeoutMs: 60_000 };
  const hosts = await hostsFor(t, { front: { options } });
  const { rig, front } = hosts;
  const half = clientHello({ name: 'www.example.com' }).subarray(0, 60);
  const before = process.memoryUsage().rss;
  for (let at = 0; at < 1000; at++) (await rig.client(front.service)).write(half);
  const began = performance.now();
  for (let at = 0; at < 20; at++)
    t.equal(await certificate(t, hosts, 'a.example.org'), 'star.example');
  t.comment(`20 handshakes took ${Math.round(performance.now() - began)} ms`);
  t.comment(`rss grew by ${(process.memoryUsage().rss - before) >> 10} KiB, both ends`);
  t.match(await rig.stats(front.service), { sniErrors: 0 });
  await hosts.apply(hosts.plain.entry, hosts.star.entry);
  await nothingOpen(hosts);
});

t.test('the half-closed and the reset go through', async (t) => {
  const hosts = await hostsFor(t, ECHOES);
  const { rig, front, plain } = hosts;
  const hello = clientHello({ name: 'www.example.com' });
  const coming = plain.server.next();
  const client = await rig.client(front.service);
  client.write(hello);
  const socket = await coming;
  await once(socket, 'data');
  const failed = once(socket, 'error');
  client.resetAndDestroy();
  t.match(await failed, [{ code: 'ECONNRESET' }]);
  for (let at = 0; at < 20; at++) {
    const hasty = await rig.client(front.service);
    hasty.write(hello, () => hasty.resetAndDestroy());
  }
  await nothingOpen(hosts);
  const { activeConnections, inactiveConnections } = await rig.of(
    plain.service,
    plain.server.entry(),
  );
  t.equal(activeConnections + inactiveConnections, 0);
});
