import t from 'tap';
import { NAMES } from './holders.ts';
import { Network, SCRIPT_MS } from './network.ts';
import { both, held, partition, SECOND, seeded, words } from './scene.ts';

const KEEPALIVE = SECOND;

t.test(
  'two begin, find each other, and each has its own after ten seconds',
  async (t) => {
    const network = both();
    network.play(SECOND);
    t.same(
      NAMES.map((name) => network.node(name).status),
      ['active', 'active'],
    );
    network.play(12 * SECOND);
    t.same(held(network), ['lb1', 'lb2']);
    t.same(words(network), ['local', 'local']);
  },
);

t.test('one alone waits initdead, and has all', async (t) => {
  const network = new Network({ random: seeded(1) });
  network.start('lb1');
  network.play(9.9 * SECOND);
  t.same(held(network), ['', '']);
  network.play(SECOND);
  t.same(held(network), ['lb1', 'lb1']);
});

t.test(
  'who dies before it has said which nodes there are is not waited for',
  async (t) => {
    for (const ms of [0, 3, 5, 8, 12]) {
      const network = new Network({ random: seeded(1) });
      network.start('lb1');
      network.play(2 * SECOND);
      network.start('lb2');
      network.play(ms);
      network.kill('lb2');
      network.play(30 * SECOND);
      t.equal(network.node('lb1').status, 'active', `${ms} ms after its start`);
      t.same(held(network), ['lb1', 'lb1']);
    }
  },
);

t.test('who is heard by nobody has everything when the other one dies', async (t) => {
  const network = new Network({ random: seeded(1) });
  network.start('lb1');
  network.play(30 * SECOND);
  network.cut.add('lb2');
  network.start('lb2');
  network.play(60 * SECOND);
  t.equal(network.node('lb2').status, 'up', 'nobody answers it');
  network.kill('lb1');
  network.play(20 * SECOND);
  t.same(held(network), ['lb2', 'lb2']);
});

for (const failback of ['on', 'off'])
  t.test(`death and return with auto_failback ${failback}`, async (t) => {
    const network = both(`auto_failback ${failback}`);
    network.play(20 * SECOND);
    network.kill('lb1');
    network.play(5.3 * SECOND);
    t.same(held(network), ['lb2', 'lb2'], 'after deadtime and its scripts');
    network.start('lb1');
    network.play(20 * SECOND);
    t.same(held(network), failback === 'on' ? ['lb1', 'lb2'] : ['lb2', 'lb2']);
    t.equal(network.holders.doubled(0, network.now), 0);
  });

t.test('who comes later than the other one gets its own, with failback', async (t) => {
  for (const failback of ['on', 'off']) {
    const haCf = `auto_failback ${failback}`;
    const network = new Network({ haCf, random: seeded(1) });
    network.start('lb1');
    network.play(30 * SECOND);
    network.start('lb2');
    network.play(30 * SECOND);
    t.same(held(network), failback === 'on' ? ['lb1', 'lb2'] : ['lb1', 'lb1']);
  }
});

t.test('a run that begins before the last one was missed has nothing', async (t) => {
  for (const failback of ['on', 'off', 'legacy']) {
    const network = both(`auto_failback ${failback}`);
    network.play(20 * SECOND);
    network.kill('lb1');
    network.play(SECOND);
    network.start('lb1');
    network.play(SECOND);
    t.not(held(network)[0], '', `${failback}: somebody has it at once`);
    network.play(20 * SECOND);
    t.equal(held(network)[0], failback === 'off' ? 'lb2' : 'lb1', failback);
    t.equal(network.holders.doubled(0, network.now), 0);
  }
});

t.test('who goes by itself is relieved at once, and stays to be heard', async (t) => {
  const network = both();
  network.play(20 * SECOND);
  network.shutDown('lb1');
  network.play(SECOND);
  t.same(held(network), ['lb2', 'lb2']);
  t.ok(network.isAlive('lb1'));
  network.play(1.5 * SECOND);
  t.notOk(network.isAlive('lb1'));
  t.equal(network.holders.doubled(0, network.now), 0);
});

t.test('who has not found anybody yet goes at once', async (t) => {
  const network = new Network({ random: seeded(1) });
  network.start('lb1');
  network.play(SECOND);
  network.shutDown('lb1');
  network.play(1);
  t.notOk(network.isAlive('lb1'));
});

t.test('after a partition the lesser name keeps what both have', async (t) => {
  for (const failback of ['on', 'off', 'legacy']) {
    const network = both(`auto_failback ${failback}`);
    network.play(20 * SECOND);
    partition(network, true);
    network.play(10 * SECOND);
    t.same(held(network), ['lb1+lb2', 'lb1+lb2'], failback);
    const healed = network.now;
    partition(network, false);
    network.play(KEEPALIVE + SCRIPT_MS + 20);
    t.same(held(network)[0], 'lb1', `${failback}: lb1 kept its own`);
    network.play(30 * SECOND);
    t.same(held(network), failback === 'off' ? ['lb1', 'lb1'] : ['lb1', 'lb2']);
    t.ok(network.holders.doubled(healed, network.now) <= KEEPALIVE + SCRIPT_MS + 20);
    t.same(
      network.holders
        .spans(0, healed, network.now)
        .filter(({ owner }) => owner === 'lb1'),
      [],
      'nobody had none of it',
    );
    t.ok(
      network.actions.some(
        ({ type, name, at }) => type === 'announce' && name === 'lb1' && at >= healed,
      ),
    );
  }
});

t.test('a partition that one node alone has noticed heals too', async (t) => {
  for (const deaf of NAMES) {
    const network = both();
    network.play(20 * SECOND);
    const other = deaf === 'lb1' ? 'lb2' : 'lb1';
    network.cut.add(other);
    network.play(10 * SECOND);
    t.same(
      network.holders.of(other),
      deaf === 'lb1' ? ['lb1'] : ['lb1', 'lb2'],
      'lb2 hears that lb1 took over, and gives up; lb1 keeps what it has',
    );
    const healed = network.now;
    network.cut.delete(other);
    network.play(30 * SECOND);
    t.same(held(network), ['lb1', 'lb2'], deaf);
    t.ok(network.holders.doubled(healed, network.now) <= KEEPALIVE + SCRIPT_MS + 20);
  }
});

t.test('who was frozen and goes on: one of both gives up at once', async (t) => {
  for (const frozen of NAMES) {
    const network = both();
    network.play(20 * SECOND);
    network.freeze(frozen);
    network.play(20 * SECOND);
    const thawed = network.now;
    network.thaw(frozen);
    network.play(30 * SECOND);
    t.same(held(network), ['lb1', 'lb2'], frozen);
    t.ok(network.holders.doubled(thawed, network.now) <= KEEPALIVE + SCRIPT_MS + 20);
    t.notOk(
      network.log.some((line) => line.includes(`${frozen} Resources being acquired`)),
      'it does not take the other one for dead',
    );
  }
});

t.test('what does not start here goes to the other node after a while', async (t) => {
  const network = both('auto_failback off');
  network.broken.add('lb1 lb1');
  network.play(20 * SECOND);
  t.same(held(network), ['', 'lb2']);
  network.play(40 * SECOND);
  t.same(held(network), ['lb2', 'lb2']);
  network.play(120 * SECOND);
  t.same(held(network), ['lb2', 'lb2'], 'and stays there');
});
