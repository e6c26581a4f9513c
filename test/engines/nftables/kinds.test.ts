import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { serverAt } from '../../support/engine-rig.ts';
import {
  answer,
  ask,
  asks,
  entry,
  type KernelStage,
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
const SIX = ['2001:db8::21', '2001:db8::22'];
const MARK = { protocol: 'fwm', address: undefined, port: undefined } as const;

/** Marks what comes for the virtual addresses, as the operator would, at a hook. */
async function marks({ nft }: KernelStage, hook: 'prerouting' | 'output') {
  await nft('add table inet user');
  const chain = `add chain inet user ${hook} { type ${hook === 'output' ? 'route' : 'filter'} hook ${hook} priority mangle; }`;
  await nft(chain);
  for (const [ip, mark] of [
    [`ip daddr ${VIP}`, 5],
    [`ip6 daddr ${VIP6}`, 6],
  ])
    await nft(
      `add rule inet user ${hook} ${ip} th dport { 53, 80, 7000 } meta mark set ${mark}`,
    );
}

const six = (port: number) => SIX.map((address) => serverAt(address, port));
const four = (port: number) => [WEB1, WEB2].map((address) => serverAt(address, port));

t.test(
  'marks of both families, TCP and UDP, also to another port',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    await marks(stage, 'prerouting');
    const engine = stage.engine();
    const table = [
      entry({ ...MARK, fwmark: 5 }, four(0)),
      entry({ ...MARK, fwmark: 6, family: 'inet6' }, six(80)),
    ];
    const outcomes = await engine.apply(table);
    t.match(outcomes, [{ state: 'carried' }, { state: 'carried' }]);
    const turns = ['web1', 'web2', 'web1', 'web2'];
    for (const where of [WEB, `UDP:${VIP}:53`, `TCP6:[${VIP6}]:7000`])
      t.strictSame(await asks(stage.client, where, 4), turns, where);
    const [first, second] = await engine.stats();
    t.equal(first?.acceptedConnections, 8);
    t.equal(second?.acceptedConnections, 4);
  },
);

t.test('clients of a mark persist over its ports', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  await marks(stage, 'prerouting');
  const engine = stage.engine();
  await engine.apply([entry({ ...MARK, fwmark: 5, persistent: 300 }, four(0))]);
  t.strictSame(await asks(stage.client, WEB, 2), ['web1', 'web1']);
  t.equal(await ask(stage.client, `UDP:${VIP}:53`), 'web1');
  const [stats] = await engine.stats();
  t.equal(stats?.persistenceEntries, 1);
});

t.test('every port of TCP and of UDP are services of their own', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine();
  await engine.apply([
    entry({ port: 0, persistent: 300 }, four(0)),
    entry({ port: 0, protocol: 'udp' }, [serverAt(WEB2, 0)]),
  ]);
  t.strictSame(
    [await ask(stage.client, WEB), await ask(stage.client, `TCP:${VIP}:81`)],
    ['web1', 'web1'],
    'a client has one server for all ports',
  );
  t.equal(await ask(stage.client, `UDP:${VIP}:53`), 'web2');
  const [tcp, udp] = await engine.stats();
  t.equal(tcp?.servers[0]?.totalConnections, 2);
  t.equal(udp?.servers[0]?.totalConnections, 1);
});

t.test("a persisting client's time ends, and begins anew", NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine();
  await engine.apply([entry({ persistent: 8 })]);
  for (let round = 0; round < 4; round++) {
    t.equal(await ask(stage.client, WEB), 'web1', 'each connection begins it anew');
    await sleep(3000);
  }
  await sleep(5500);
  t.equal(await ask(stage.client, WEB), 'web2', 'and then it is the next one');
});

t.test('networks of IPv6 persist as one client', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine();
  const where = `TCP6:[${VIP6}]:80`;
  await stage.client.addAddress('2001:db8::101/64');
  const both = { address: VIP6, persistent: 300, netmask: '64' };
  await engine.apply([entry(both, six(80), { snat: true })]);
  t.equal(await ask(stage.client, `${where},bind=[2001:db8::100]`), 'web1');
  t.equal(await ask(stage.client, `${where},bind=[2001:db8::101]`), 'web1');
  const [stats] = await engine.stats();
  t.equal(stats?.persistenceEntries, 1);
});

t.test('clients on the director, of all kinds', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  await marks(stage, 'output');
  const engine = stage.engine();
  await engine.apply([
    entry({ port: 8080, persistent: 300 }, four(81)),
    entry({ address: VIP6, port: 81 }, six(80)),
    entry({ ...MARK, fwmark: 5 }, four(0)),
    entry({ ...MARK, fwmark: 6, family: 'inet6' }, [serverAt(SIX[1] ?? '', 80)]),
  ]);
  const { director } = stage;
  t.strictSame(await asks(director, `TCP:${VIP}:8080`, 3), ['web1', 'web1', 'web1']);
  t.strictSame(await asks(director, `TCP6:[${VIP6}]:81`, 2), ['web1', 'web2']);
  t.strictSame(await asks(director, WEB, 2), ['web1', 'web2']);
  t.strictSame(await asks(director, `UDP:${VIP}:53`, 2), ['web1', 'web2']);
  t.equal(await ask(director, `TCP6:[${VIP6}]:7000`), 'web2');
  const stats = await engine.stats();
  t.strictSame(
    stats.map(({ acceptedConnections }) => acceptedConnections),
    [3, 2, 4, 1],
  );
});

t.test("snat, whatever the service: the director's address", NEEDS, async (t) => {
  const stage = await kernelStage(t);
  await marks(stage, 'prerouting');
  const engine = stage.engine();
  const snat = { snat: true };
  for (const web of [stage.web1, stage.web2]) {
    await web.run('ip', 'route', 'delete', '10.1.1.100', 'via', '10.1.1.2');
    await web.run('ip', '-6', 'route', 'delete', '2001:db8::100', 'via', '2001:db8::2');
  }
  await engine.apply([
    entry({ ...MARK, fwmark: 5 }, four(0), snat),
    entry({ address: VIP6 }, six(80), snat),
    entry({ port: 0, persistent: 60 }, four(0), snat),
  ]);
  t.match(await answer(stage.client, WEB), /^web1 .*0a01:0102/, 'by mark');
  t.equal(await ask(stage.client, `UDP:${VIP}:53`), 'web2', 'UDP by mark');
  const other = await answer(stage.client, `TCP:${VIP}:81`);
  t.match(other, /^web1 .*0a01:0102/, 'of every port, which persists');
  const six6 = await answer(stage.client, `TCP6:[${VIP6}]:80`);
  t.match(six6, /^web1 .*:00(?:02|19)\]/, 'IPv6');
});

t.test(
  'UDP from one port goes elsewhere when its server is removed',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine();
    const servers = [WEB1, WEB2].map((address) =>
      serverAt(address, 53, { onRemoval: 'reset' }),
    );
    const dns = entry({ protocol: 'udp', port: 53 }, servers);
    await engine.apply([dns]);
    const from = `UDP:${VIP}:53,bind=10.1.1.100:5300,reuseaddr`;
    t.strictSame(await asks(stage.client, from, 2), ['web1', 'web1'], 'one flow');
    await engine.apply([{ ...dns, servers: servers.slice(1) }]);
    t.equal(await ask(stage.client, from), 'web2');
  },
);

t.test(
  'a DNS client on one port leaves a server that is quiesced',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine();
    const from = (port: number) => `UDP:${VIP}:53,bind=10.1.1.100:${port},reuseaddr`;
    const servers = four(53);
    const quiesced = servers.map((one, at) => ({ ...one, weight: at }));
    for (const [port, service, next] of [
      [5301, 'dns', 'web2'],
      [5302, 'none', 'web1'],
    ] as const) {
      const dns = entry({ protocol: 'udp', port: 53, service }, servers);
      await engine.apply([]);
      await engine.apply([dns]);
      t.equal(await ask(stage.client, from(port)), 'web1', service);
      await engine.apply([{ ...dns, servers: quiesced }]);
      t.equal(await ask(stage.client, from(port)), next, service);
    }
  },
);

t.test('bytes are told of whom they are beside a mark', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  await marks(stage, 'prerouting');
  const engine = stage.engine();
  const one = [serverAt(WEB1, 81)];
  await engine.apply([
    entry({ port: 81 }, one),
    entry({ ...MARK, fwmark: 5 }, [serverAt(WEB1, 80)]),
  ]);
  t.equal(await ask(stage.client, `TCP:${VIP}:81`), 'web1');
  const read = async () =>
    (await engine.stats()).map(({ servers }) => servers[0]?.bytesIn ?? -1);
  const [first = 0, none] = await read();
  t.ok(first > 0);
  t.equal(none, 0);
  t.equal(await ask(stage.client, WEB), 'web1');
  const [same, second = 0] = await read();
  t.equal(same, first);
  t.ok(second > 0);
});
