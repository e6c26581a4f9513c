import t from 'tap';
import { SCRIPT_MS } from './network.ts';
import { both, held, partition, SECOND } from './scene.ts';

const FAST = 'keepalive 100ms\ndeadtime 500ms\nwarntime 300ms\ninitdead 2\n';
const KEEPALIVE = 100;

t.test('two that begin have their own within three deadtimes', async (t) => {
  const network = both(FAST);
  network.play(1.5 * SECOND);
  t.same(held(network), ['lb1', 'lb2']);
});

t.test('a young node is missed within twice deadtime', async (t) => {
  const network = both(FAST);
  network.play(2 * SECOND);
  network.kill('lb1');
  network.play(1000 + SCRIPT_MS + 20);
  t.same(held(network), ['lb2', 'lb2']);
});

t.test('death is noticed within deadtime, and a return takes a second', async (t) => {
  const network = both(FAST);
  network.play(10 * SECOND);
  const killed = network.now;
  network.kill('lb1');
  network.play(500 + SCRIPT_MS + 20);
  t.same(held(network), ['lb2', 'lb2']);
  network.start('lb1');
  network.play(1.5 * SECOND);
  t.same(held(network), ['lb1', 'lb2']);
  const [outage] = network.holders.spans(0, killed, network.now);
  t.ok(
    outage && outage.to - outage.from <= 500 + SCRIPT_MS + 20,
    'nobody had it that long',
  );
});

t.test('after a partition both have the same for a keepalive at most', async (t) => {
  const network = both(FAST);
  network.play(10 * SECOND);
  partition(network, true);
  network.play(5 * SECOND);
  const healed = network.now;
  partition(network, false);
  network.play(5 * SECOND);
  t.same(held(network), ['lb1', 'lb2']);
  t.ok(network.holders.doubled(healed, network.now) <= KEEPALIVE + SCRIPT_MS + 20);
});

t.test('who is ill gives within half a second', async (t) => {
  const network = both(FAST);
  network.play(10 * SECOND);
  network.healthy('lb1', false);
  network.play(2 * KEEPALIVE + 2 * SCRIPT_MS + 50);
  t.same(held(network), ['lb2', 'lb2']);
});
