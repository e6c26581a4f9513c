import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { serverAt } from '../../support/engine-rig.ts';
import {
  ask,
  entry,
  FORWARDS,
  hold,
  kernelStage,
  VIP,
  WEB1,
} from '../../support/kernel-stage.ts';
import { lab } from '../../support/lab.ts';

t.setTimeout(300_000);
const NEEDS = lab('namespaces', 'nft', 'conntrack', 'socat');
const WEB = `TCP:${VIP}:80`;

t.test(
  'the last service leaves, its connections go on, and the table goes with them',
  NEEDS,
  async (t) => {
    const stage = await kernelStage(t);
    const engine = stage.engine({ lookMs: 100 });
    const one = entry({}, [serverAt(WEB1, 80)]);
    await engine.apply([one]);
    const held = await hold(stage.client, WEB);
    t.strictSame(await engine.apply([]), []);
    t.equal(await ask(stage.client, WEB), 'refused', 'it takes nothing new');
    t.equal(await held.say('hello'), 'hello');
    t.strictSame(await engine.apply([]), [], 'as a reload of others does');
    t.equal(await held.say('again'), 'again');
    held.end();
    while ((await stage.nft('list', 'tables')) !== '') await sleep(50);
    t.pass('nothing stays');
  },
);

t.test('it goes when the kernel has forgotten them', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const remembers = {
    ...FORWARDS.netfilter,
    nf_conntrack_tcp_timeout_time_wait: '1\n',
  };
  const proc = t.testdir({ sys: { net: { ...FORWARDS, netfilter: remembers } } });
  const engine = stage.engine({ lookMs: 50, proc });
  await engine.apply([entry({}, [serverAt(WEB1, 80)])]);
  const stands = async () => (await stage.nft('list', 'tables')) !== '';
  const left = performance.now();
  await engine.apply([]);
  while (await stands()) await sleep(50);
  t.ok(performance.now() - left > 900, 'not before');
});

t.test('where its connections are to end, the table goes at once', NEEDS, async (t) => {
  const stage = await kernelStage(t);
  const engine = stage.engine();
  await engine.apply([entry({}, [serverAt(WEB1, 80, { onRemoval: 'reset' })])]);
  const held = await hold(stage.client, WEB);
  await engine.apply([]);
  t.equal(await stage.nft('list', 'tables'), '');
  t.equal(await held.say('hello'), 'reset');
});
