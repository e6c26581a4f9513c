import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { createNetEngine } from '../../../lib/engines/net/engine.ts';
import { proxyHeader } from '../../../lib/model/proxy-header.ts';
import type {
  ServiceOptions,
  VirtualService,
} from '../../../lib/model/virtual-service.ts';
import {
  ending,
  type Rig,
  received,
  rigFor,
  type TestServer,
  tableOf,
  until,
} from '../../support/engine-rig.ts';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
const FAR = {
  ...{ remoteAddress: '192.0.2.7', remotePort: 51_234 },
  ...{ localAddress: '198.51.100.1', localPort: 443 },
};
const SIX = { ...FAR, remoteAddress: '2001:db8::7', localAddress: '2001:db8::1' };

interface Stage {
  readonly rig: Rig;
  readonly service: VirtualService;
  readonly server: TestServer;
  /** Lines of the connection log. */
  readonly log: () => readonly string[];
}

/** A server that sends back all that it got, behind the client's end. */
function echo(socket: Socket): void {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.on('end', () => socket.end(text, 'latin1'));
}

async function stageFor(
  t: Test,
  options: Partial<ServiceOptions>,
  fields: Partial<VirtualService> = {},
  handler = echo,
): Promise<Stage> {
  let text = '';
  const connectionLog = {
    write(more: string) {
      text += more;
    },
  };
  const rig = rigFor(t, createNetEngine({ connectionLog }));
  const server = await rig.server(handler);
  const service = await rig.service(fields, { logConnections: true, ...options });
  await rig.engine.apply(tableOf(service, server.entry()));
  return { rig, service, server, log: () => text.split('\n').filter(Boolean) };
}

/** What the server gets of one who sends that and ends. */
async function echoed(
  { rig, service }: Stage,
  ...said: readonly (Buffer | string)[]
): Promise<string> {
  const client = await rig.client(service);
  for (const [at, bytes] of said.entries()) {
    if (at > 0) await sleep(20);
    client.write(bytes);
  }
  client.end();
  return await received(client);
}

function nothingOpen({ rig }: Stage): Promise<void> {
  const open = () => rig.engine.workers().map((one) => one.openConnections);
  return until(() => open().every((count) => count === 0));
}

t.test('servers learn whose connection it is, before all else', async (t) => {
  for (const address of ['127.0.0.1', '::1'])
    for (const sendProxy of ['v1', 'v2'] as const) {
      const stage = await stageFor(t, { sendProxy }, { address });
      const client = await stage.rig.client(stage.service);
      const { localPort: remotePort, remotePort: localPort } = client;
      const ends = { remoteAddress: address, localAddress: address };
      const header = proxyHeader(sendProxy, { ...ends, remotePort, localPort });
      client.end('hello');
      t.equal(await received(client), `${header.toString('latin1')}hello`);
      const { bytesIn } = await stage.rig.of(stage.service, stage.server.entry());
      t.equal(bytesIn, 5, 'the header is none of what came in');
    }
});

t.test(
  'a server that speaks first has the header as soon as it is dialled',
  async (t) => {
    const stage = await stageFor(t, { sendProxy: 'v1' }, {}, (socket) =>
      socket.once('data', (chunk) => socket.end(`to ${chunk}`)),
    );
    const client = await stage.rig.client(stage.service);
    t.match(
      await received(client),
      /^to PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ \d+\r\n$/,
    );
  },
);

t.test('limits hold for whom the header says, and not for who brings it', async (t) => {
  const limits = { deny: ['192.0.2.0/24'], allow: ['192.0.2.0/24', '198.51.100.0/24'] };
  const stage = await stageFor(t, {
    ...{ acceptProxy: LOOPBACK, sourceConnections: 1, ...limits },
  });
  const headed = async (remoteAddress: string) => {
    const client = await stage.rig.client(stage.service);
    client.write(proxyHeader('v1', { ...FAR, remoteAddress }));
    return client;
  };
  t.equal(await ending(await headed('192.0.2.7')), 'ECONNRESET', 'denied');
  const first = await headed('198.51.100.7');
  await until(() => stage.server.sockets.length === 1);
  t.equal(await ending(await headed('198.51.100.7')), 'ECONNRESET', 'one too many');
  const other = await headed('198.51.100.8');
  await until(() => stage.server.sockets.length === 2);
  for (const client of [first, other]) client.end();
  await nothingOpen(stage);
  t.match((await stage.rig.stats(stage.service)).limits, { denied: 1, limited: 1 });
  const again = await headed('198.51.100.7');
  await until(() => stage.server.sockets.length === 3);
  again.end();
});

t.test('a client is whom the header says, in either version', async (t) => {
  const stage = await stageFor(t, { acceptProxy: LOOPBACK, sendProxy: 'v1' });
  for (const version of ['v1', 'v2'] as const)
    for (const ends of [FAR, SIX]) {
      const header = proxyHeader(version, ends);
      const told = proxyHeader('v1', ends).toString('latin1');
      t.equal(await echoed(stage, header, 'hello'), `${told}hello`, 'in two');
      const both = Buffer.concat([header, Buffer.from('hello')]);
      t.equal(await echoed(stage, both), `${told}hello`, 'in one');
      t.equal(await echoed(stage, header), told, 'and nothing behind it');
    }
  await until(() => stage.log().length === 12);
  for (const line of stage.log().slice(0, 3)) t.match(line, /^192\.0\.2\.7:51234 /);
  t.match(stage.log().at(-1), /^2001:db8::7:51234 /);
});

t.test('one of its own that a proxy makes is the proxy’s', async (t) => {
  const stage = await stageFor(t, { acceptProxy: LOOPBACK, sendProxy: 'v1' });
  for (const version of ['v1', 'v2'] as const)
    t.match(
      await echoed(stage, proxyHeader(version), 'hello'),
      /^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ \d+\r\nhello$/,
    );
});

t.test('bytes may come one by one, and many behind the header', async (t) => {
  const stage = await stageFor(t, { acceptProxy: LOOPBACK });
  const header = proxyHeader('v2', SIX);
  const client = await stage.rig.client(stage.service);
  client.setNoDelay(true);
  for (const byte of header) {
    client.write(Buffer.of(byte));
    await sleep(2);
  }
  const much = 'x'.repeat(3_000_000);
  client.end(much);
  t.equal((await received(client)).length, much.length);
  t.match(await stage.rig.stats(stage.service), { proxyHeaderErrors: 0 });
});

t.test('what came from one who waited goes behind the header', async (t) => {
  const stage = await stageFor(t, {
    ...{ acceptProxy: LOOPBACK, sendProxy: 'v1' },
    ...{ queue: 10, queueTimeoutMs: 60_000, abortOnClose: false },
  });
  const full = stage.server.entry({ upper: 1, lower: 1 });
  await stage.rig.engine.apply(tableOf(stage.service, full));
  const first = await stage.rig.client(stage.service);
  first.write(proxyHeader('v2', FAR));
  await until(() => stage.server.sockets.length === 1);
  const second = await stage.rig.client(stage.service);
  const other = { ...FAR, remotePort: 51_235 };
  second.write(proxyHeader('v2', other));
  second.end('hello');
  await until(async () => (await stage.rig.stats(stage.service)).limits?.queued === 1);
  await sleep(50);
  first.end();
  const told = proxyHeader('v1', other).toString('latin1');
  t.equal(await received(second), `${told}hello`);
});

t.test('schedulers, persistence and listings see the announced client', async (t) => {
  const rig = rigFor(t, createNetEngine());
  const servers = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) =>
      rig.server((socket) => socket.on('data', () => socket.write(name))),
    ),
  );
  const entries = servers.map((server) => server.entry());
  const options = { acceptProxy: LOOPBACK };
  const sourceHashed = await rig.service({ scheduler: 'sh' }, options);
  const persistent = await rig.service({ persistent: 60 }, options);
  await rig.engine.apply([
    { service: sourceHashed, servers: entries },
    { service: persistent, servers: entries },
  ]);
  const answer = async (service: VirtualService, remoteAddress: string) => {
    const client = await rig.client(service);
    client.write(proxyHeader('v2', { ...FAR, remoteAddress }));
    client.write('?');
    const [name] = await once(client, 'data');
    return { client, name: String(name) };
  };
  for (const service of [sourceHashed, persistent]) {
    const names = new Set<string>();
    for (let host = 1; host <= 16; host++) {
      const { name } = await answer(service, `192.0.2.${host}`);
      t.equal((await answer(service, `192.0.2.${host}`)).name, name);
      names.add(name);
    }
    t.ok(names.size > 1, `${service.scheduler}: ${[...names].join()}`);
  }
  const { items } = await rig.traffic.connections({ service: persistent.id }, 100);
  t.match(items[0]?.client, /^192\.0\.2\.\d+:51234$/);
  const kept = await rig.traffic.persistence({ service: persistent.id }, 100);
  t.same(
    new Set(kept.items.map(({ client }) => client)),
    new Set(Array.from({ length: 16 }, (_, at) => `192.0.2.${at + 1}`)),
  );
});

t.test('who is not listed is served as he is', async (t) => {
  const stage = await stageFor(t, { acceptProxy: ['192.0.2.0/24'] });
  t.equal(await echoed(stage, 'hello'), 'hello');
  const header = proxyHeader('v1', FAR).toString('latin1');
  t.equal(await echoed(stage, header), header, 'his header is no header');
  await until(() => stage.log().length === 2);
  t.match(stage.log()[1], /^127\.0\.0\.1:/);
});

t.test('a bad header closes at once, and is counted and told of', async (t) => {
  const acceptProxyTimeoutMs = 60_000;
  const stage = await stageFor(t, { acceptProxy: LOOPBACK, acceptProxyTimeoutMs });
  const told = stage.rig.event('notice');
  const bad = [
    'GET / HTTP/1.0\r\n\r\n',
    `PROXY ${'x'.repeat(120)}`,
    'PROXY TCP4 x\r\n',
  ];
  for (const bytes of bad) {
    const client = await stage.rig.client(stage.service);
    client.write(bytes);
    t.equal(await ending(client), 'ECONNRESET');
  }
  t.match(await stage.rig.stats(stage.service), {
    ...{ proxyHeaderErrors: 3, acceptedConnections: 3, refusedConnections: 0 },
    servers: [{ totalConnections: 0 }],
  });
  const { message } = await told;
  t.match(message, /^A connection was closed for want of a good PROXY header \(tcp:.*/);
  t.match(message, /, from 127\.0\.0\.1:\d+: it does not begin with a PROXY header\)/);
  await until(() => stage.log().length === 3);
  for (const line of stage.log())
    t.match(line, /^127\.0\.0\.1:\d+ .* <NOSRV> -1\/-1\/|<NOSRV> .* PR /);
  t.match(stage.log()[0], / PR /);
});

t.test('one that does not come in time is counted', async (t) => {
  const acceptProxyTimeoutMs = 300;
  const stage = await stageFor(t, { acceptProxy: LOOPBACK, acceptProxyTimeoutMs });
  const began = performance.now();
  const silent = await stage.rig.client(stage.service);
  const slow = await stage.rig.client(stage.service);
  slow.write('PROXY TCP4 ');
  t.strictSame(await Promise.all([silent, slow].map(ending)), [
    'ECONNRESET',
    'ECONNRESET',
  ]);
  const took = performance.now() - began;
  t.ok(took >= 200 && took < 20_000, `${took} ms`);
  t.match(await stage.rig.stats(stage.service), { proxyHeaderErrors: 2 });
  await until(() => stage.log().length === 2);
  for (const line of stage.log()) t.match(line, / cR /);
});

t.test('who says nothing has no line with dontlognull', async (t) => {
  const options = { acceptProxyTimeoutMs: 2000, dontlognull: true };
  const stage = await stageFor(t, { acceptProxy: LOOPBACK, ...options });
  const silent = await stage.rig.client(stage.service);
  t.equal(await ending(silent), 'ECONNRESET');
  const wrong = await stage.rig.client(stage.service);
  wrong.write('GET /');
  t.equal(await ending(wrong), 'ECONNRESET');
  await until(() => stage.log().length > 0);
  t.match(stage.log(), [/ PR /]);
  t.equal(stage.log().length, 1);
});

t.test(
  'who leaves without a word was no client, and within the header is an error',
  async (t) => {
    const stage = await stageFor(t, { acceptProxy: LOOPBACK });
    const quiet = await stage.rig.client(stage.service);
    quiet.end();
    t.equal(await received(quiet), '', 'an end, and no reset');
    const gone = await stage.rig.client(stage.service);
    gone.resetAndDestroy();
    await until(() => stage.log().length === 2);
    t.match(await stage.rig.stats(stage.service), { proxyHeaderErrors: 0 });
    const half = await stage.rig.client(stage.service);
    half.end('PROXY TCP4 192.0.2.7');
    t.equal(await ending(half), 'ECONNRESET');
    t.match(await stage.rig.stats(stage.service), { proxyHeaderErrors: 1 });
    await nothingOpen(stage);
  },
);

t.test('a half-closed client and a reset go through behind a header', async (t) => {
  const stage = await stageFor(t, { acceptProxy: LOOPBACK }, {}, (socket) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('end', () => void sleep(100).then(() => socket.end(`got ${text}`)));
  });
  const header = proxyHeader('v2', FAR);
  t.equal(await echoed(stage, Buffer.concat([header, Buffer.from('all')])), 'got all');
  t.equal(await echoed(stage, header), 'got ');

  const coming = stage.server.next();
  const client = await stage.rig.client(stage.service);
  client.write(Buffer.concat([header, Buffer.from('hello')]));
  const socket = await coming;
  await once(socket, 'data');
  const failed = once(socket, 'error');
  client.resetAndDestroy();
  t.match(await failed, [{ code: 'ECONNRESET' }]);
});

t.test(
  'one who is reset while a server is dialled leaves nothing behind',
  async (t) => {
    const stage = await stageFor(t, { acceptProxy: LOOPBACK });
    for (let n = 0; n < 20; n++) {
      const client = await stage.rig.client(stage.service);
      client.write(proxyHeader('v2', FAR), () => client.resetAndDestroy());
    }
    await until(() => stage.log().length === 20);
    await nothingOpen(stage);
    t.match(await stage.rig.of(stage.service, stage.server.entry()), {
      activeConnections: 0,
      inactiveConnections: 0,
    });
  },
);

t.test('a reload changes who is listed, and what is sent', async (t) => {
  const stage = await stageFor(t, {});
  const { rig, service, server } = stage;
  const apply = (options: Partial<ServiceOptions>) =>
    rig.engine.apply(
      tableOf(
        { ...service, options: { ...service.options, ...options } },
        server.entry(),
      ),
    );
  t.equal(await echoed(stage, 'hello'), 'hello');
  await apply({ acceptProxy: LOOPBACK, sendProxy: 'v1' });
  const header = proxyHeader('v1', FAR);
  t.equal(await echoed(stage, header, 'hello'), `${header}hello`);
  await apply({ acceptProxy: [] });
  t.equal(await echoed(stage, 'hello'), 'hello');
});

t.test('a service that goes resets who has not said who he is', async (t) => {
  const stage = await stageFor(t, { acceptProxy: LOOPBACK });
  const client = await stage.rig.client(stage.service);
  client.write('PROXY ');
  await until(
    async () => (await stage.rig.stats(stage.service)).acceptedConnections === 1,
  );
  await stage.rig.engine.apply([]);
  t.equal(await ending(client), 'ECONNRESET');
});
