import t from 'tap';
import { type Name, Pair } from './pair.ts';

const SECOND = 1000;

const runs = (pair: Pair) =>
  (['lb1', 'lb2'] as const).map((name: Name) =>
    [...pair.side(name).runs].sort().join('+'),
  );
const words = (pair: Pair) =>
  (['lb1', 'lb2'] as const).map((name) => pair.side(name).ownership.word);

function bothUp(autoFailback: boolean): Pair {
  const pair = new Pair(autoFailback);
  pair.start('lb1', true);
  pair.start('lb2', true);
  pair.to(20 * SECOND);
  return pair;
}

t.test(
  'two that begin together wait ten seconds, and each takes its own',
  async (t) => {
    const pair = new Pair(true);
    pair.start('lb1', true);
    pair.start('lb2', true);
    pair.to(9.9 * SECOND);
    t.same(runs(pair), ['', '']);
    t.same(words(pair), ['transition', 'transition']);
    pair.to(11 * SECOND);
    t.same(runs(pair), ['lb1', 'lb2']);
    t.same(words(pair), ['local', 'local']);
  },
);

t.test('one that finds itself alone takes everything at once', async (t) => {
  const pair = new Pair(true);
  pair.start('lb1', false);
  pair.to(SECOND);
  t.same(runs(pair), ['lb1+lb2', '']);
  pair.to(12 * SECOND);
  t.equal(pair.side('lb1').ownership.word, 'all');
});

for (const autoFailback of [true, false])
  t.test(
    `a death, and a return with auto_failback ${autoFailback ? 'on' : 'off'}`,
    async (t) => {
      const pair = bothUp(autoFailback);
      pair.kill('lb1');
      pair.do('lb2', ({ ownership }) => ownership.died(pair.now));
      pair.to(21 * SECOND);
      t.same(runs(pair), ['', 'lb1+lb2']);
      pair.start('lb1');
      pair.to(30 * SECOND);
      t.same(runs(pair), autoFailback ? ['lb1', 'lb2'] : ['', 'lb1+lb2']);
      t.same(words(pair), autoFailback ? ['local', 'local'] : ['none', 'all']);
      t.same(pair.doubled, []);
    },
  );

t.test('standby and back, in three steps', async (t) => {
  const pair = bothUp(false);
  pair.do('lb1', ({ ownership }) => ownership.standby('all', pair.now));
  pair.to(25 * SECOND);
  t.same(runs(pair), ['', 'lb1+lb2']);
  t.same(words(pair), ['none', 'all']);
  pair.do('lb2', ({ ownership }) => ownership.standby('foreign', pair.now));
  pair.to(30 * SECOND);
  t.same(runs(pair), ['lb1', 'lb2']);
  t.same(words(pair), ['local', 'local']);
  t.same(pair.doubled, []);
});

t.test(
  'both offer at once: nothing is lost, and nobody has anything twice',
  async (t) => {
    const pair = bothUp(false);
    for (const name of ['lb1', 'lb2'] as const)
      pair.do(name, ({ ownership }) => ownership.standby('all', pair.now));
    pair.to(60 * SECOND);
    t.same(runs(pair), ['lb1', 'lb2']);
    t.same(words(pair), ['local', 'local']);
    t.same(pair.doubled, []);
  },
);

t.test('an offer that nobody answers is withdrawn', async (t) => {
  const pair = bothUp(false);
  pair.kill('lb2');
  pair.do('lb1', ({ ownership }) => ownership.standby('all', pair.now));
  pair.to(29 * SECOND);
  t.equal(pair.side('lb1').ownership.word, 'transition');
  pair.to(31 * SECOND);
  t.equal(pair.side('lb1').ownership.word, 'local');
});

t.test('who goes hands over everything first', async (t) => {
  const pair = bothUp(true);
  pair.do('lb1', ({ ownership }) => ownership.shutDown(pair.now));
  pair.to(22 * SECOND);
  t.same(runs(pair), ['', 'lb1+lb2']);
  t.notOk(pair.side('lb1').isAlive);
  t.same(pair.doubled, []);
});
