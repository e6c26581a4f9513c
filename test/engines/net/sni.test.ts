import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { proxyHeader } from '../../../lib/model/proxy-header.ts';
import type {
  ServiceOptions,
  VirtualService,
} from '../../../lib/model/virtual-service.ts';
import { clientHello } from '../../support/client-hello.ts';
import { ending, received, until } from '../../support/engine-rig.ts';
import { type Hosts, shown, tlsClient, tlsHosts } from '../../support/tls-hosts.ts';

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

type Wishes = Parameters<typeof tlsHosts>[2];

const hostsFor = (t: Test, wishes?: Wishes) =>
  tlsHosts(t, (connectionLog) => createNetEngine({ connectionLog }), wishes);

/** Whose certificate a client of that name is shown. */
async function certificate(
  t: Test,
  { front }: Hosts,
  servername: string,
  options = {},
): Promise<string> {
  const client = await tlsClient(t, front.service, { servername, ...options });
  const name = await shown(client);
  client.end();
  return name;
}

/** A server that sends back all that it got, behind the client's end. */
function echo(socket: Socket): void {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('end', () => socket.end(Buffer.concat(chunks)));
}

const ECHOES: Wishes = {
  front: { handler: echo },
  plain: { handler: echo },
  star: { handler: echo },
};

function nothingOpen({ rig }: Hosts): Promise<void> {
  const open = () => rig.engine.workers().map((one) => one.openConnections);
  return until(() => open().every((count) => count === 0));
}

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
  const silent = await rig.client(front.service);
  const slow = await rig.client(front.service);
  const began = performance.now();
  slow.write(half);
  t.strictSame(await Promise.all([silent, slow].map(ending)), [
    'ECONNRESET',
    'ECONNRESET',
  ]);
  const took = performance.now() - began;
  t.ok(took >= 200 && took < 2000, `${took} ms`);
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

t.test('with the PROXY protocol before and behind', async (t) => {
  const far = {
    ...{ remoteAddress: '192.0.2.7', remotePort: 51_234 },
    ...{ localAddress: '198.51.100.1', localPort: 443 },
  };
  const sends = { handler: echo, options: { sendProxy: 'v1' } as const };
  const hosts = await hostsFor(t, {
    front: { handler: echo, options: { acceptProxy: LOOPBACK } },
    ...{ plain: sends, star: sends },
  });
  const { rig, front, star } = hosts;
  const hello = clientHello({ name: 'www.example.com' });
  const header = proxyHeader('v2', far);
  const told = proxyHeader('v1', far);
  const wanted = Buffer.concat([told, hello]).toString('latin1');
  for (const parts of [[Buffer.concat([header, hello])], [header, hello]]) {
    const client = await rig.client(front.service);
    for (const part of parts) {
      client.write(part);
      await sleep(20);
    }
    client.end();
    t.equal(await received(client), wanted);
  }
  const client = await rig.client(front.service);
  for (const byte of Buffer.concat([header, hello])) client.write(Buffer.of(byte));
  client.end();
  t.equal(await received(client), wanted, 'byte by byte');
  const wrong = await rig.client(front.service);
  wrong.write(hello);
  t.equal(await ending(wrong), 'ECONNRESET', 'without a header');
  t.match(await rig.stats(front.service), { proxyHeaderErrors: 1, sniErrors: 0 });
  await until(() => hosts.log().length === 4);
  for (const line of hosts.log().slice(0, 3)) t.match(line, /^192\.0\.2\.7:51234 /);

  const options = { ...front.service.options, acceptProxy: [] };
  const service = { ...front.service, options };
  await hosts.apply({ ...front.entry, service }, hosts.plain.entry, star.entry);
  const own = await rig.client(service);
  const { localPort } = own;
  own.end(hello);
  t.equal(
    await received(own),
    `PROXY TCP4 127.0.0.1 127.0.0.1 ${localPort} ${service.port}\r\n${hello.toString('latin1')}`,
    'the server hears of the port that the client called',
  );
});

t.test('the address is open as long as any of its servers is up', async (t) => {
  const hosts = await hostsFor(t, { front: { handler: echo } });
  const { front, plain, star, apply } = hosts;
  const down = ({ service, server }: typeof front) => ({
    service,
    servers: [server.entry({ weight: 0 })],
  });
  await apply(down(front), plain.entry, star.entry);
  t.equal(await certificate(t, hosts, 'www.example.com'), 'www.example.com');
  const other = await hosts.rig.client(front.service);
  other.write(clientHello({ name: 'other.example' }));
  t.equal(await ending(other), 'ECONNRESET', 'its own servers are down');
  t.match(await hosts.rig.stats(front.service), { refusedConnections: 1 });

  const allDown = [down(front), down(plain), down(star)] as const;
  await apply(...allDown);
  await t.rejects(hosts.rig.client(front.service), { code: 'ECONNREFUSED' });
  await apply(allDown[0], plain.entry, allDown[2]);
  t.equal(await certificate(t, hosts, 'www.example.com'), 'www.example.com');
  const starred = await hosts.rig.client(front.service);
  starred.write(clientHello({ name: 'a.example.org' }));
  t.equal(await ending(starred), 'ECONNRESET', 'that service is down');
  t.match(await hosts.rig.stats(star.service), { refusedConnections: 1 });
});

t.test(
  'the address closes with the last client that persists at a target',
  async (t) => {
    const hosts = await hostsFor(t, { plain: { fields: { persistent: 1 } } });
    const { front, plain, star, apply } = hosts;
    t.equal(await certificate(t, hosts, 'www.example.com'), 'www.example.com');
    await nothingOpen(hosts);
    const down = ({ service, server }: typeof front) => ({
      service,
      servers: [server.entry({ weight: 0 })],
    });
    await apply(down(front), down(plain), down(star));
    t.equal(
      await certificate(t, hosts, 'www.example.com'),
      'www.example.com',
      'who persists is still let in',
    );
    await nothingOpen(hosts);
    await until(async () => {
      const client = connect({ host: '127.0.0.1', port: front.service.port ?? 0 });
      const [error] = await Promise.race([
        once(client, 'connect').then(() => [undefined]),
        new Promise<readonly unknown[]>((resolve) =>
          client.once('error', (reason) => resolve([reason])),
        ),
      ]);
      client.destroy();
      return error !== undefined;
    });
  },
);

t.test(
  'limits of both services hold, and the queue of the one it is led to',
  async (t) => {
    const handler = echo;
    const hosts = await hostsFor(t, {
      front: { handler, options: { sourceConnections: 3 } },
      plain: { handler, options: { sourceConnections: 1 } },
      star: {
        handler,
        options: { queue: 5, queueTimeoutMs: 60_000, abortOnClose: false },
      },
    });
    const { rig, front, plain, star } = hosts;
    const called = async (name: string) => {
      const client = await rig.client(front.service);
      client.write(clientHello({ name }));
      return client;
    };
    const first = await called('www.example.com');
    await until(() => plain.server.sockets.length === 1);
    t.equal(await ending(await called('www.example.com')), 'ECONNRESET');
    t.match((await rig.stats(plain.service)).limits, { limited: 1 });
    const more = [await called('x.example'), await called('y.example')];
    await until(() => front.server.sockets.length === 2);
    t.equal(await ending(await called('z.example')), 'ECONNRESET', 'the fourth');
    t.match((await rig.stats(front.service)).limits, { limited: 1 });
    for (const client of [first, ...more]) client.end();
    await nothingOpen(hosts);

    const full = {
      ...star.entry,
      servers: [star.server.entry({ upper: 1, lower: 1 })],
    };
    await hosts.apply(front.entry, plain.entry, full);
    const one = await called('a.example.org');
    await until(() => star.server.sockets.length === 1);
    const two = await called('b.example.org');
    await until(async () => (await rig.stats(star.service)).limits?.queued === 1);
    two.end(' and more');
    one.end();
    const hello = clientHello({ name: 'b.example.org' }).toString('latin1');
    t.equal(await received(two), `${hello} and more`);
  },
);

t.test('who is denied at the first address never says a name', async (t) => {
  const deny = ['127.0.0.9/32'];
  const hosts = await hostsFor(t, {
    ...{ ...ECHOES, star: { handler: echo, options: { deny } } },
  });
  const { rig, front, star } = hosts;
  const hello = clientHello({ name: 'a.example.org' });
  const denied = await rig.client(front.service, '127.0.0.9');
  denied.write(hello);
  t.equal(await ending(denied), 'ECONNRESET');
  t.match((await rig.stats(star.service)).limits, { denied: 1 });
  const options: ServiceOptions = { ...front.service.options, deny };
  const service = { ...front.service, options };
  await hosts.apply({ ...front.entry, service }, hosts.plain.entry, star.entry);
  const early = await rig.client(front.service, '127.0.0.9');
  t.equal(await ending(early), 'ECONNRESET');
  t.match((await rig.stats(front.service)).limits, { denied: 1 });
});

t.test('a reload changes where names lead, and open connections stay', async (t) => {
  const hosts = await hostsFor(t);
  const { front, plain, star, apply } = hosts;
  const client = await tlsClient(t, front.service, { servername: 'www.example.com' });
  t.equal(await shown(client), 'www.example.com');
  const leading = (sni: ServiceOptions['sni']) => {
    const service = { ...front.service, options: { ...front.service.options, sni } };
    return { ...front.entry, service };
  };
  await apply(
    leading([{ name: 'www.example.com', service: star.service.id }]),
    plain.entry,
    star.entry,
  );
  t.equal(await certificate(t, hosts, 'www.example.com'), 'star.example');
  t.equal(await certificate(t, hosts, 'a.example.org'), 'default.example');
  await apply(leading([]), plain.entry, star.entry);
  t.equal(await certificate(t, hosts, 'www.example.com'), 'default.example');
  await apply(front.entry, plain.entry, star.entry);
  t.equal(await certificate(t, hosts, 'www.example.com'), 'www.example.com');
  t.equal(await shown(client, 'still here'), 'www.example.com');
  await apply(front.entry, plain.entry);
  const lost = await hosts.rig.client(front.service);
  lost.write(clientHello({ name: 'a.example.org' }));
  t.equal(await ending(lost), 'ECONNRESET', 'a service that nobody carries');
  client.end();
});
