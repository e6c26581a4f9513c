import t from 'tap';
import { isHold } from '../../../lib/heartbeat/ownership/hold.ts';
import { Network, SCRIPT_MS } from './network.ts';
import { both, held, SECOND, seeded, words } from './scene.ts';

/** lb2 was away, and lb1 has everything. */
function alone(haCf: string): Network {
  const network = new Network({ haCf, random: seeded(1) });
  network.start('lb1');
  network.play(30 * SECOND);
  return network;
}

function slowStop(network: Network, ms: number): void {
  network.scriptMs = (type) => (type === 'release' ? ms : SCRIPT_MS);
}

for (const hold of ['all', 'local', 'foreign'] as const)
  t.test(
    `who is to go while it stops [${hold}] for a standby stops all of it first`,
    async (t) => {
      const network = alone('auto_failback off\ndeadtime 20\ninitdead 25');
      network.start('lb2');
      network.play(60 * SECOND);
      t.same(held(network), ['lb1', 'lb1']);
      slowStop(network, 30 * SECOND);
      const from = network.now;
      network.standby('lb1', hold);
      network.play(2 * SECOND);
      network.shutDown('lb1');
      network.play(120 * SECOND);
      t.same(held(network), ['lb2', 'lb2']);
      t.equal(network.holders.doubled(from, network.now), 0);
      const [notice] = network.sent.filter(({ type }) => type === 'shutdone');
      t.ok((notice?.at ?? 0) > from + 60 * SECOND, 'after the second stop');
    },
  );

for (const failback of ['on', 'legacy'])
  t.test(
    `auto_failback ${failback}: who begins anew amid a handover waits for the stop that is meant for it`,
    async (t) => {
      for (const ms of [1, 2, 5, 10, 20]) {
        const network = alone(`auto_failback ${failback}`);
        slowStop(network, 25 * SECOND);
        network.start('lb2');
        const isGiving = () => network.actions.some(({ type }) => type === 'release');
        for (let n = 0; n < 1000 && !isGiving(); n++) network.play(10);
        network.play(ms * SECOND);
        network.kill('lb2');
        network.start('lb2');
        network.play(200 * SECOND);
        t.same(held(network), ['lb1', 'lb2'], `after ${ms} s`);
        t.same(words(network), ['local', 'local']);
        t.equal(network.holders.doubled(0, network.now), 0, `after ${ms} s`);
      }
    },
  );

t.test(
  'what ends while groups are given does not look like the end of it',
  async (t) => {
    const network = both('auto_failback on');
    network.play(20 * SECOND);
    network.scriptMs = () => 60 * SECOND;
    network.kill('lb2');
    network.play(6 * SECOND);
    slowStop(network, 60 * SECOND);
    network.start('lb2');
    network.play(400 * SECOND);
    t.same(held(network), ['lb1', 'lb2']);
    t.equal(network.holders.doubled(0, network.now), 0);
  },
);

t.test('what does not stop stays here until it is stopped by hand', async (t) => {
  for (const failback of ['on', 'off']) {
    const network = both(`auto_failback ${failback}`);
    network.play(20 * SECOND);
    network.stuck.add('lb1 lb1');
    network.standby('lb1', 'local');
    network.play(100 * SECOND);
    t.same(held(network), ['lb1', 'lb2']);
    t.same(words(network), ['transition', 'transition']);
    t.equal(network.node('lb1').ownership.mine, 'local');
    t.ok(network.log.some((line) => line.includes('[local] resources did not stop')));
    network.stuck.clear();
    network.play(40 * SECOND);
    t.same(held(network), ['lb2', 'lb2']);
    t.same(words(network), ['none', 'all']);
    t.equal(network.holders.doubled(0, network.now), 0);
  }
});

t.test('of two groups the other node gets the one that stops', async (t) => {
  const network = alone('auto_failback off');
  network.start('lb2');
  network.play(30 * SECOND);
  network.stuck.add('lb1 lb2');
  network.standby('lb1', 'all');
  network.play(10 * SECOND);
  t.same(held(network), ['lb2', 'lb1']);
  t.equal(network.node('lb1').ownership.mine, 'foreign');
  t.equal(words(network)[0], 'transition');
  network.stuck.clear();
  network.play(60 * SECOND);
  t.same(held(network), ['lb2', 'lb2']);
  t.same(words(network), ['none', 'all']);
  t.equal(network.holders.doubled(0, network.now), 0);
});

t.test('what does not stop is started again when the other node dies', async (t) => {
  const network = both('auto_failback off');
  network.play(20 * SECOND);
  network.stuck.add('lb1 lb1');
  network.standby('lb1', 'local');
  network.play(10 * SECOND);
  network.kill('lb2');
  network.play(10 * SECOND);
  t.same(held(network), ['lb1', 'lb1']);
  t.equal(words(network)[0], 'all');
});

t.test('who goes and cannot stop something asks nobody to take it over', async (t) => {
  for (const failback of ['on', 'off', 'legacy']) {
    const network = both(`auto_failback ${failback}`);
    network.play(20 * SECOND);
    network.stuck.add('lb1 lb1');
    network.shutDown('lb1');
    network.play(4 * SECOND);
    t.notOk(network.isAlive('lb1'), 'it goes all the same');
    t.same(held(network), ['lb1', 'lb2'], failback);
    t.notOk(network.sent.some(({ type }) => type === 'shutdone'));
    t.ok(network.log.some((line) => line.includes('lb2 is not asked to take over')));
  }
});

t.test('legacy: what does not stop is not let go', async (t) => {
  const network = alone('auto_failback legacy');
  network.stuck.add('lb1 lb2');
  network.start('lb2');
  network.play(40 * SECOND);
  t.same(held(network), ['lb1', 'lb1']);
  network.stuck.clear();
  network.play(60 * SECOND);
  t.same(held(network), ['lb1', 'lb2']);
  t.equal(network.holders.doubled(0, network.now), 0);
});

for (const failback of ['on', 'off', 'legacy'])
  t.test(
    `auto_failback ${failback}: who begins while the other one stops everything takes nothing before that is done`,
    async (t) => {
      const network = alone(`auto_failback ${failback}\ndeadtime 20\ninitdead 25`);
      slowStop(network, 40 * SECOND);
      const from = network.now;
      network.shutDown('lb1');
      network.play(2 * SECOND);
      network.start('lb2');
      network.play(37 * SECOND);
      t.same(held(network), ['lb1', 'lb1']);
      network.play(80 * SECOND);
      t.same(held(network), ['lb2', 'lb2']);
      t.equal(network.holders.doubled(from, network.now), 0);
      t.equal(words(network)[1], 'all');
    },
  );

t.test('a link that is cut for less than deadtime ends no move', async (t) => {
  for (const failback of ['off', 'on'])
    for (const stops of [0.2, 5, 21, 40])
      for (const cut of [15, 21, 28]) {
        const network = both(`auto_failback ${failback}\ndeadtime 30\ninitdead 40`);
        slowStop(network, stops * SECOND);
        network.play(100 * SECOND);
        const from = network.now;
        network.standby('lb1', 'all');
        const isAnswered = () =>
          network.sent.some(
            ({ at, name, type }) =>
              at > from && name === 'lb2' && type === 'ask_resources',
          );
        for (let n = 0; n < 100 && !isAnswered(); n++) network.play(1);
        network.cut.add('lb1');
        network.play(cut * SECOND);
        network.cut.delete('lb1');
        network.play(200 * SECOND);
        const what = `auto_failback ${failback}, stops for ${stops} s, cut for ${cut} s`;
        t.equal(network.holders.doubled(from, network.now), 0, what);
        t.ok(words(network).every(isHold), what);
      }
});
