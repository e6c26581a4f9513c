import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { proxyHeader } from '../../../lib/model/proxy-header.ts';
import type { ServiceOptions } from '../../../lib/model/virtual-service.ts';
import { clientHello } from '../../support/client-hello.ts';
import { ending, received, serverAt, until } from '../../support/engine-rig.ts';
import {
  type AllWishes,
  certificate,
  ECHOES,
  echo,
  nothingOpen,
  shown,
  tlsClient,
  tlsHosts,
} from '../../support/tls-hosts.ts';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

const hostsFor = (t: Test, wishes?: AllWishes) =>
  tlsHosts(t, (connectionLog) => createNetEngine({ connectionLog }), wishes);

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
    const hosts = await hostsFor(t, { plain: { fields: { persistent: 4 } } });
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

t.test('a server that is the address they came by is never dialled', async (t) => {
  const hosts = await hostsFor(t, ECHOES);
  const { rig, front, plain, star, apply } = hosts;
  const { address = '', port = 0 } = front.service;
  const back = { ...plain.entry, servers: [serverAt(address, port)] };
  await apply(front.entry, back, star.entry);
  const ask = async () => {
    const client = await rig.client(front.service);
    client.write(clientHello({ name: 'www.example.com' }));
    return client;
  };
  const before = (await rig.stats(front.service)).acceptedConnections;
  t.equal(await ending(await ask()), 'ECONNRESET');
  const { acceptedConnections } = await rig.stats(front.service);
  t.equal(acceptedConnections - before, 1, 'not led there again and again');
  await nothingOpen(hosts);

  const aside = { ...front.service.options, sni: [] };
  const service = { ...front.service, options: aside };
  await apply({ ...front.entry, service }, back, star.entry);
  const other = await rig.client(plain.service);
  other.end('without names it leads on');
  t.equal(await received(other), 'without names it leads on');
  await apply(front.entry, back, star.entry);
  t.equal(await ending(await ask()), 'ECONNRESET', 'and with them not any more');
});

t.test('what is counted of names goes on from an earlier run', async (t) => {
  const { rig, front } = await hostsFor(t, ECHOES);
  const quiet = { acceptedConnections: 0, refusedConnections: 0, retries: 0 };
  const left = { id: front.service.id, ...quiet, proxyHeaderErrors: 0, servers: [] };
  const { heritage } = rig.engine;
  heritage?.count([{ ...left, sniErrors: 7, sniUnmatched: 3 }]);
  const client = await rig.client(front.service);
  client.end(clientHello({ name: 'nobody.example' }).subarray(0, 40));
  await ending(client);
  t.match(await rig.stats(front.service), { sniErrors: 8, sniUnmatched: 3 });
  const [first] = heritage?.numbers().filter(({ id }) => id === left.id) ?? [];
  t.match(first, { sniErrors: 8, sniUnmatched: 3 });
});

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
