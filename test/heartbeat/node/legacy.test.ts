import t from 'tap';
import { Network } from './network.ts';
import { both, held, SECOND, seeded, words } from './scene.ts';

t.test('each node takes its own at once: there is no wait', async (t) => {
  const network = both('auto_failback legacy');
  network.play(SECOND);
  t.same(held(network), ['lb1', 'lb2']);
  t.same(words(network), ['local', 'local']);
});

t.test('who comes back asks, and the other one stops first', async (t) => {
  const network = new Network({
    haCf: 'auto_failback legacy',
    random: seeded(1),
  });
  network.start('lb2');
  network.play(12 * SECOND);
  t.same(held(network), ['lb2', 'lb2']);
  network.start('lb1');
  network.play(3 * SECOND);
  t.same(held(network), ['lb1', 'lb2']);
  t.same(words(network), ['local', 'local']);
  network.kill('lb1');
  network.play(7.5 * SECOND);
  t.same(held(network), ['lb2', 'lb2'], 'a young node has two seconds more');
  network.start('lb1');
  network.play(3 * SECOND);
  network.shutDown('lb1');
  network.play(SECOND);
  t.same(held(network), ['lb2', 'lb2'], 'a stop is no death');
  t.equal(network.holders.doubled(0, network.now), 0);
});

t.test(
  'what did not start here is not tried again when its owner is back',
  async (t) => {
    const network = both('auto_failback legacy');
    network.play(20 * SECOND);
    network.broken.add('lb1 lb2');
    network.kill('lb2');
    network.play(8 * SECOND);
    t.same(held(network), ['lb1', '']);
    network.start('lb2');
    network.play(5 * SECOND);
    network.broken.clear();
    network.play(60 * SECOND);
    t.same(held(network), ['lb1', 'lb2']);
    t.equal(network.holders.doubled(0, network.now), 0);
  },
);

t.test(
  'own groups that did not start are asked for before they are tried again',
  async (t) => {
    const network = both('auto_failback legacy');
    network.broken.add('lb1 lb1');
    network.play(20 * SECOND);
    t.same(held(network), ['', 'lb2']);
    network.broken.clear();
    network.play(40 * SECOND);
    t.same(held(network), ['lb1', 'lb2']);
    t.ok(
      network.sent.some(({ type, at }) => type === 'ip-request' && at > 20 * SECOND),
    );
  },
);

t.test('standby is refused in words', async (t) => {
  const network = both('auto_failback legacy');
  network.play(3 * SECOND);
  network.standby('lb1', 'all');
  network.play(20 * SECOND);
  t.same(held(network), ['lb1', 'lb2']);
  t.ok(network.log.some((line) => line.includes('standby [all] ignored: it needs')));
});
