import t from 'tap';
import { serverAt } from '../../support/engine-rig.ts';
import {
  ask,
  entry,
  hold,
  kernelStage,
  VIP,
  VIP6,
  WEB1,
} from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

t.setTimeout(300_000);
const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');
const SIX = '2001:db8::21';
const WEB6 = `TCP6:[${VIP6}]`;
const gone = (address: string, port: number) => [
  serverAt(address, port, { onRemoval: 'reset' }),
];

/** By kind: what is removed, where its client is, and one of another service of the same server. */
const KINDS = {
  'of IPv6': {
    one: entry({ address: VIP6 }, gone(SIX, 80)),
    other: entry({ address: VIP6, port: 81 }, [serverAt(SIX, 80)]),
    where: `${WEB6}:80`,
    beside: `${WEB6}:81`,
  },
  'of every port': {
    one: entry({ port: 0 }, gone(WEB1, 0)),
    other: entry({ address: VIP6 }, [serverAt(SIX, 80)]),
    where: `TCP:${VIP}:81`,
    beside: `${WEB6}:80`,
  },
  'of every port, beside one of them': {
    one: entry({ port: 0 }, gone(WEB1, 0)),
    other: entry({}, [serverAt(WEB1, 80)]),
    where: `TCP:${VIP}:81`,
    beside: `TCP:${VIP}:80`,
  },
  'to another port': {
    one: entry({ port: 8080 }, gone(WEB1, 81)),
    other: entry({ port: 8081 }, [serverAt(WEB1, 81)]),
    where: `TCP:${VIP}:8080`,
    beside: `TCP:${VIP}:8081`,
  },
  'with snat': {
    one: entry({}, gone(WEB1, 80), { snat: true }),
    other: entry({ port: 81 }, [serverAt(WEB1, 80)], { snat: true }),
    where: `TCP:${VIP}:80`,
    beside: `TCP:${VIP}:81`,
  },
  'that persist': {
    one: entry({ persistent: 300 }, gone(WEB1, 80)),
    other: entry({ port: 81, persistent: 300 }, [serverAt(WEB1, 80)]),
    where: `TCP:${VIP}:80`,
    beside: `TCP:${VIP}:81`,
  },
} as const;

for (const [kind, { one, other, where, beside }] of Object.entries(KINDS))
  t.test(
    `connections ${kind} end with their server, and no others`,
    NEEDS,
    async (t) => {
      const stage = await kernelStage(t);
      const engine = stage.engine();
      await engine.apply([one, other]);
      const [lost, kept] = [
        await hold(stage.client, where),
        await hold(stage.client, beside),
      ];
      t.equal(lost.server, 'web1');
      await engine.apply([{ ...one, servers: [] }, other]);
      t.equal(await lost.say('hello'), 'reset');
      t.equal(await kept.say('hello'), 'hello');
      t.equal(await ask(stage.client, where), 'refused');
    },
  );

t.test('connections end with a server that is cut and stays', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine();
  const one = (fields = {}) =>
    entry({ persistent: 300 }, [serverAt(WEB1, 80, { onRemoval: 'reset', ...fields })]);
  await engine.apply([one()]);
  const lost = await hold(stage.client, `TCP:${VIP}:80`);
  await engine.apply([one({ weight: 0, cut: true })]);
  t.equal(await lost.say('hello'), 'reset');
  t.equal(await ask(stage.client, `TCP:${VIP}:80`), 'refused', 'it persists no more');
  await engine.apply([one()]);
  t.equal(await ask(stage.client, `TCP:${VIP}:80`), 'web1');
});
