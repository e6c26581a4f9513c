import t from 'tap';
import { serverAt } from '../../support/engine-rig.ts';
import {
  answer,
  ask,
  asks,
  entry,
  hold,
  kernelStage,
  VIP,
  VIP6,
  WEB1,
  WEB2,
} from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

t.setTimeout(300_000);
const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');
const WEB = `TCP:${VIP}:80`;

t.test(
  'TCP and UDP, IPv4 and IPv6, each in turn; clients keep their address',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine();
    const six = ['2001:db8::21', '2001:db8::22'];
    const table = [
      entry(),
      entry({ protocol: 'udp', port: 53 }),
      entry(
        { address: VIP6 },
        six.map((address) => serverAt(address, 80)),
      ),
      entry(
        { protocol: 'udp', address: VIP6, port: 53 },
        six.map((address) => serverAt(address, 53)),
      ),
      entry({ port: 8080 }, [serverAt(WEB1, 81), serverAt(WEB2, 81)]),
    ];
    const outcomes = await engine.apply(table);
    t.strictSame(
      outcomes,
      table.map(({ service }) => ({ id: service.id, state: 'carried' })),
    );
    const turns = ['web1', 'web2', 'web1', 'web2'];
    for (const where of [
      WEB,
      `UDP:${VIP}:53`,
      `TCP6:[${VIP6}]:80`,
      `UDP6:[${VIP6}]:53`,
      `TCP:${VIP}:8080`,
    ])
      t.strictSame(await asks(stage.client, where, 4), turns, where);
    t.equal(await answer(stage.client, WEB), 'web1 10.1.1.100');
    t.equal(await ask(stage.director, WEB), 'web2', 'a client on the director itself');
  },
);

t.test(
  'UDP clients that spoke before there was a server are served on the same port',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine();
    const dns = entry({ protocol: 'udp', port: 53 });
    const asked = (port: number) =>
      ask(stage.client, `UDP:${VIP}:53,sourceport=${port},reuseaddr`);
    await engine.apply([entry()]);
    t.equal(await asked(5001), 'refused', 'the kernel tracks that for half a minute');
    const idle = { ...dns, servers: [] };
    t.match(await engine.apply([entry(), idle]), [{}, { state: 'idle' }]);
    t.equal(await asked(5002), 'refused');
    t.match(await engine.apply([entry(), dns]), [{}, { state: 'carried' }]);
    for (const port of [5001, 5002, 5003]) t.match(await asked(port), /^web[12]$/);
  },
);

t.test('what cannot be carried says why, and the others are', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine();
  const gate = entry({
    port: 82,
    reals: [{ ...entry().service.reals[0], method: 'gate' } as never],
  });
  const outcomes = await engine.apply([gate, entry()]);
  t.match(outcomes, [
    { id: `tcp:${VIP}:82`, state: 'failed', problem: /gate.*write masq/ },
    { id: `tcp:${VIP}:80`, state: 'carried' },
  ]);
  t.equal(await ask(stage.client, WEB), 'web1');
});

t.test(
  'without a server clients are refused, and the service is idle',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine();
    const both = entry();
    const idle = { ...both, servers: [] };
    t.match(await engine.apply([idle]), [{ state: 'idle' }]);
    t.equal(await ask(stage.client, WEB), 'refused');
    t.match(await engine.apply([both]), [{ state: 'carried' }]);
    t.equal(await ask(stage.client, WEB), 'web1');
    t.match(await engine.apply([idle]), [{ state: 'idle' }]);
    t.equal(await ask(stage.client, WEB), 'refused');
  },
);

t.test(
  'a server of weight 0 keeps what it has and gets nothing new',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine();
    const both = entry();
    await engine.apply([both]);
    const held = await hold(stage.client, WEB);
    t.equal(held.server, 'web1');
    await engine.apply([
      { ...both, servers: [serverAt(WEB1, 80, { weight: 0 }), serverAt(WEB2, 80)] },
    ]);
    t.strictSame(await asks(stage.client, WEB, 3), ['web2', 'web2', 'web2']);
    t.equal(await held.say('still there'), 'still there');
  },
);

t.test(
  'a removed server loses the connections of this service only',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine();
    const one = entry({}, [serverAt(WEB1, 80, { onRemoval: 'reset' })]);
    const other = entry({ port: 81 }, [serverAt(WEB1, 80)]);
    await engine.apply([one, other]);
    const [lost, kept] = [
      await hold(stage.client, WEB),
      await hold(stage.client, `TCP:${VIP}:81`),
    ];
    await engine.apply([{ ...one, servers: [] }, other]);
    t.equal(await lost.say('hello'), 'reset');
    t.equal(await kept.say('hello'), 'hello');
  },
);

t.test(
  'a client that persists keeps its server until that leaves',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine();
    const both = entry({ persistent: 300, netmask: '255.255.255.0' });
    await stage.client.addAddress('10.1.1.101/24');
    await engine.apply([both]);
    t.strictSame(await asks(stage.client, WEB, 3), ['web1', 'web1', 'web1']);
    t.equal(
      await ask(stage.client, `${WEB},bind=10.1.1.101`),
      'nothing',
      'no route back for this one',
    );
    const [stats] = await engine.stats();
    t.equal(stats?.persistenceEntries, 1, 'one entry for the whole network');
    t.equal(stats?.servers[0]?.totalConnections, 4, 'and its neighbour follows it');
    const quiesced = {
      ...both,
      servers: [serverAt(WEB1, 80, { weight: 0 }), serverAt(WEB2, 80)],
    };
    await engine.apply([quiesced]);
    t.equal(await ask(stage.client, WEB), 'web1', 'also one that is quiesced');
    await engine.apply([{ ...both, servers: both.servers.slice(1) }]);
    t.equal(await ask(stage.client, WEB), 'web2');
    await engine.apply([both]);
    t.strictSame(
      await asks(stage.client, WEB, 3),
      ['web2', 'web2', 'web2'],
      'it does not move back',
    );
  },
);

t.test('services by mark, and those of every port', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine();
  await stage.nft('add table ip user');
  await stage.nft(
    'add chain ip user marks { type filter hook prerouting priority mangle; }',
  );
  await stage.nft(
    `add rule ip user marks ip daddr ${VIP} tcp dport 7000 meta mark set 5`,
  );
  const mark = {
    protocol: 'fwm',
    address: undefined,
    port: undefined,
    fwmark: 5,
  } as const;
  const marked = entry(mark, [serverAt(WEB2, 80)]);
  const every = entry({ port: 0 }, [serverAt(WEB1, 0)]);
  const outcomes = await engine.apply([marked, every]);
  t.match(outcomes, [{ id: 'fwm:5', state: 'carried' }, { state: 'carried' }]);
  t.equal(await ask(stage.client, `TCP:${VIP}:7000`), 'web2');
  t.strictSame(
    [await ask(stage.client, WEB), await ask(stage.client, `TCP:${VIP}:81`)],
    ['web1', 'web1'],
  );
  const stats = await engine.stats();
  t.match(
    stats.map(({ acceptedConnections }) => acceptedConnections),
    [1, 2],
  );
  for (const { servers } of stats)
    t.ok((servers[0]?.bytesOut ?? 0) > 100, 'bytes are counted');
});

t.test('connections and bytes are counted, and outlast the rules', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine();
  const both = entry({ scheduler: 'wrr' });
  await engine.apply([both]);
  const held = await hold(stage.client, WEB);
  await held.say('x'.repeat(1000));
  await asks(stage.client, WEB, 3);
  await engine.apply([
    { ...both, servers: [serverAt(WEB1, 80, { weight: 3 }), serverAt(WEB2, 80)] },
  ]);
  await held.say('y'.repeat(1000));
  let [stats] = await engine.stats();
  while (stats?.servers[0]?.activeConnections !== 1) [stats] = await engine.stats();
  t.match(stats, { id: `tcp:${VIP}:80`, acceptedConnections: 4 });
  t.match(stats?.servers, [
    { id: `${WEB1}:80`, totalConnections: 2 },
    { totalConnections: 2, activeConnections: 0 },
  ]);
  const { bytesIn = 0, bytesOut = 0 } = stats?.servers[0] ?? {};
  t.ok(bytesIn > 2000 && bytesIn < 6000, `${bytesIn} bytes from clients`);
  t.ok(bytesOut > 2000 && bytesOut < 6000, `${bytesOut} bytes to clients`);
});
