import t from 'tap';
import { NAMES, Network, type Weather } from './network.ts';

const SECOND = 1000;

/** Numbers that are the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

function both(haCf = '', weather?: Weather, seed = 1): Network {
  const network = new Network({
    haCf,
    random: seeded(seed),
    ...(weather && { weather }),
  });
  for (const name of NAMES) network.start(name);
  return network;
}

const held = (network: Network) =>
  NAMES.map((owner) => network.holdersOf(owner).join('+'));
const words = (network: Network) =>
  NAMES.map((name) => network.node(name).ownership.word);

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

for (const failback of ['on', 'off'])
  t.test(`death and return with auto_failback ${failback}`, async (t) => {
    const network = both(`auto_failback ${failback}`);
    network.play(20 * SECOND);
    network.kill('lb1');
    network.play(6.9 * SECOND);
    t.same(
      held(network),
      ['lb2', 'lb2'],
      'what it said itself: deadtime and two seconds at most',
    );
    network.start('lb1');
    network.play(20 * SECOND);
    t.same(held(network), failback === 'on' ? ['lb1', 'lb2'] : ['lb2', 'lb2']);
    t.notOk(
      network.holders.some(({ by }) => by.length > 1),
      'nobody else had it meanwhile',
    );
  });

t.test('who goes by itself is relieved at once', async (t) => {
  const network = both();
  network.play(20 * SECOND);
  network.shutDown('lb1');
  network.play(SECOND);
  t.same(held(network), ['lb2', 'lb2']);
  t.notOk(network.isAlive('lb1'));
});

t.test(
  'with a third of all datagrams lost, doubled and late nobody is taken for dead',
  async (t) => {
    for (let seed = 1; seed <= 20; seed++) {
      const weather = { lost: 0.3, doubled: 0.3, delay: 400 };
      const network = both('deadtime 10\ninitdead 20', weather, seed);
      network.play(60 * SECOND);
      t.same(held(network), ['lb1', 'lb2'], `seed ${seed}`);
      network.standby('lb1', 'all');
      network.play(30 * SECOND);
      t.same(held(network), ['lb2', 'lb2'], `seed ${seed}: standby`);
      t.notOk(
        network.holders.some(({ by }) => by.length > 1),
        `seed ${seed}: both`,
      );
    }
  },
);
