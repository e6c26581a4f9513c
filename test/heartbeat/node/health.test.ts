import t from 'tap';
import { both, held, SECOND } from './scene.ts';

t.test('who is ill gives everything to who is well, and gets it back', async (t) => {
  for (const failback of ['on', 'off']) {
    const network = both(`auto_failback ${failback}`);
    network.play(20 * SECOND);
    network.healthy('lb1', false);
    network.play(4 * SECOND);
    t.same(held(network), ['lb2', 'lb2'], failback);
    network.play(120 * SECOND);
    t.same(held(network), ['lb2', 'lb2'], 'and keeps away while it is ill');
    network.healthy('lb1', true);
    network.play(9 * SECOND);
    t.same(held(network), ['lb2', 'lb2'], 'it must be well for a while');
    network.play(20 * SECOND);
    t.same(held(network), failback === 'on' ? ['lb1', 'lb2'] : ['lb2', 'lb2']);
    t.equal(network.holders.doubled(0, network.now), 0);
  }
});

t.test('when both are ill nothing moves, whoever was ill first', async (t) => {
  const network = both();
  network.play(20 * SECOND);
  network.healthy('lb1', false);
  network.healthy('lb2', false);
  network.play(60 * SECOND);
  t.same(held(network), ['lb1', 'lb2']);
  network.healthy('lb2', true);
  network.play(5 * SECOND);
  t.same(held(network), ['lb2', 'lb2'], 'one is well again');
  network.healthy('lb2', false);
  network.play(60 * SECOND);
  t.same(held(network), ['lb2', 'lb2'], 'and ill again: nobody is better');
});

t.test('one that goes ill and well all the time is left alone', async (t) => {
  const network = both();
  network.play(20 * SECOND);
  for (let n = 0; n < 20; n++) {
    network.healthy('lb1', n % 2 === 1);
    network.play(5 * SECOND);
  }
  const offers = network.log.filter((line) => line.includes('wants to go standby'));
  t.equal(offers.filter((line) => / lb1 lb1 /.test(line)).length, 1, offers.join('\n'));
});

t.test('who is given something while it is ill is asked before it goes', async (t) => {
  for (let late = 200; late <= 2600; late += 400) {
    const network = both('auto_failback off');
    network.play(20 * SECOND);
    network.healthy('lb1', false);
    network.play(20 * SECOND + late);
    t.same(held(network), ['lb2', 'lb2']);
    network.command('lb1', ['t', 'hb_takeover'], ['rsc_hold', 'all']);
    network.play(2 * SECOND);
    network.healthy('lb1', true);
    network.play(30 * SECOND);
    t.same(held(network), ['lb1', 'lb1'], `well after two seconds, ${late} ms`);
    network.healthy('lb1', false);
    network.play(20 * SECOND);
    network.command('lb1', ['t', 'hb_takeover'], ['rsc_hold', 'all']);
    network.play(20 * SECOND);
    t.same(held(network), ['lb2', 'lb2'], 'and goes where it stays ill');
  }
});

t.test('who is ill and alone keeps what it has', async (t) => {
  const network = both();
  network.play(20 * SECOND);
  network.healthy('lb1', false);
  network.kill('lb2');
  network.play(60 * SECOND);
  t.same(held(network), ['lb1', 'lb1']);
});

t.test('a director that is not ready yet gets nothing back', async (t) => {
  const network = both();
  network.play(20 * SECOND);
  network.kill('lb1');
  network.play(20 * SECOND);
  network.start('lb1');
  network.healthy('lb1', false);
  network.play(30 * SECOND);
  t.same(held(network), ['lb2', 'lb2']);
  network.healthy('lb1', true);
  network.play(15 * SECOND);
  t.same(held(network), ['lb1', 'lb2']);
});

t.test('in legacy mode nothing can move', async (t) => {
  const network = both('auto_failback legacy');
  network.play(20 * SECOND);
  network.healthy('lb1', false);
  network.play(60 * SECOND);
  t.same(held(network), ['lb1', 'lb2']);
  const told = network.log.filter((line) => line.includes('services do not work'));
  t.match(told, [/auto_failback legacy keeps resources here: set on or off/], 'once');
  t.notOk(network.log.some((line) => line.includes('ignored')));
});
