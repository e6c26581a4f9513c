import t from 'tap';
import { serverAt } from '../../support/engine-rig.ts';
import {
  ask,
  asks,
  entry,
  type KernelStage,
  kernelStage,
  listening,
  VIP,
  WEB1,
  WEB2,
} from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

t.setTimeout(300_000);
const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');
const WEB = `TCP:${VIP}:80`;

/** Two hosts, the first of which is two servers. */
async function three(stage: KernelStage, ...weights: readonly number[]) {
  stage.web1.spawn('socat', [
    'TCP6-LISTEN:82,fork,reuseaddr,ipv6only=0,backlog=100',
    'SYSTEM:echo third; cat',
  ]);
  await listening(stage.web1, 'tcp6', 82);
  return [
    serverAt(WEB1, 80, { weight: weights[0] ?? 1 }),
    serverAt(WEB2, 80, { weight: weights[1] ?? 1 }),
    serverAt(WEB1, 82, { weight: weights[2] ?? 1 }),
  ];
}

t.test('wrr: smooth, not in blocks', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const servers = await three(stage, 5, 1, 1);
  await stage.engine().apply([entry({ scheduler: 'wrr' }, servers)]);
  const round = ['web1', 'web1', 'web1', 'web2', 'web1', 'web1', 'third'];
  t.strictSame(await asks(stage.client, WEB, 14), [...round, ...round]);
});

t.test('fo: the first of the highest weight, and then the next', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine();
  const servers = await three(stage, 1, 7, 3);
  const all = entry({ scheduler: 'fo' }, servers);
  await engine.apply([all]);
  t.strictSame(await asks(stage.client, WEB, 3), ['web2', 'web2', 'web2']);
  const without = servers.map((one, at) => (at === 1 ? { ...one, weight: 0 } : one));
  await engine.apply([{ ...all, servers: without }]);
  t.strictSame(await asks(stage.client, WEB, 2), ['third', 'third']);
});

for (const scheduler of ['random', 'twos'])
  t.test(`${scheduler}: each is picked, and nobody of weight 0`, NEEDS, async (t) => {
    const stage = await kernelStage(t);
    const servers = await three(stage, 1, 1, 0);
    await stage.engine().apply([entry({ scheduler }, servers)]);
    const picked = await asks(stage.client, WEB, 30);
    t.strictSame([...new Set(picked)].sort(), ['web1', 'web2']);
  });

for (const [scheduler, flags] of [
  ['sh', 'sh-port'],
  ['mh', 'mh-port'],
] as const)
  t.test(`${flags}: a client is as many as it has ports`, NEEDS, async (t) => {
    const stage = await kernelStage(t);
    const servers = await three(stage);
    await stage.engine().apply([entry({ scheduler, schedflags: flags }, servers)]);
    const from = (port: number) => `${WEB},bind=10.1.1.100:${port},reuseaddr`;
    const picked = new Map<number, string>();
    for (let port = 5000; port < 5024; port++)
      picked.set(port, await ask(stage.client, from(port)));
    t.strictSame(new Set(picked.values()), new Set(['web1', 'web2', 'third']));
  });

/** Ways of asking of clients, or of destinations, and what they are told from each other by. */
const MANY = {
  sh: async ({ client }: KernelStage) => {
    const own = Array.from({ length: 24 }, (_, at) => `10.1.1.${120 + at}`);
    for (const address of own) await client.addAddress(`${address}/24`);
    return own.map((address) => `${WEB},bind=${address}`);
  },
  dh: async ({ client, nft }: KernelStage) => {
    await client.run('ip', 'route', 'add', '10.9.0.0/24', 'via', '10.1.1.2');
    await nft('add table ip user');
    await nft('add chain ip user in { type filter hook prerouting priority mangle; }');
    await nft('add rule ip user in ip daddr 10.9.0.0/24 meta mark set 5');
    return Array.from({ length: 24 }, (_, at) => `TCP:10.9.0.${1 + at}:80`);
  },
} as const;
const MARK = {
  protocol: 'fwm',
  address: undefined,
  port: undefined,
  fwmark: 5,
} as const;
const HASHES = {
  sh: { many: MANY.sh, service: {} },
  mh: { many: MANY.sh, service: {} },
  dh: { many: MANY.dh, service: MARK },
} as const;

for (const [scheduler, { many, service }] of Object.entries(HASHES))
  t.test(`${scheduler}: a server that leaves moves its own only`, NEEDS, async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine();
    const servers = await three(stage);
    // They have no way back to all these.
    const all = entry({ ...service, scheduler }, servers, { snat: true });
    const wheres = await many(stage);
    const picks = async () => {
      const picked = new Map<string, string>();
      for (const where of wheres) picked.set(where, await ask(stage.client, where));
      return picked;
    };
    await engine.apply([all]);
    const before = await picks();
    t.strictSame(new Set(before.values()), new Set(['web1', 'web2', 'third']));
    await engine.apply([{ ...all, servers: servers.filter((_, at) => at !== 1) }]);
    const without = await picks();
    for (const [where, server] of before)
      if (server === 'web2') t.match(without.get(where), /^web1$|^third$/);
      else t.equal(without.get(where), server);
    await engine.apply([all]);
    t.strictSame(await picks(), before, 'and back again');
  });
