import t from 'tap';
import { asks, Beside, resources } from './beside.ts';
import { held, SECOND } from './scene.ts';

const REST = resources('local', '1');
const OFFER = asks('me');
const DONE = asks('done');
const GIVING = resources('none', '0', 'standby');

t.test('what was lost and comes behind its status holds', async (t) => {
  const beside = new Beside();
  beside.has('local', '0');
  const comes = beside.late(...REST);
  beside.beat(2);
  comes();
  beside.say(...OFFER);
  t.match(beside.network.log.at(-1), 'lb2 wants to go standby [all]');
});

t.test('what comes behind an offer that was not taken holds', async (t) => {
  const beside = new Beside();
  beside.has('local', '0');
  const comes = beside.late(...REST);
  beside.say(...OFFER);
  t.match(beside.network.log.at(-1), 'standby message ignored');
  comes();
  beside.say(...OFFER);
  t.match(beside.network.log.at(-1), 'lb2 wants to go standby [all]');
});

t.test('what comes behind the end of a move does not hold any more', async (t) => {
  const beside = new Beside();
  const comes = beside.late(...REST);
  beside.say(...OFFER);
  beside.beat(1);
  beside.say(...DONE);
  comes();
  beside.beat(1);
  beside.has('none', '1');
  t.same(held(beside.network), ['lb1', 'lb1']);
});

/* A Heartbeat says an offer to all, and does not hear it itself while it does something else. */

t.test('an offer that is not meant holds up nothing', async (t) => {
  for (const flux of [false, true]) {
    const beside = new Beside();
    beside.say(...OFFER);
    if (flux) beside.has('local', '0');
    beside.beat(19);
    const { ownership } = beside.network.node('lb1');
    t.equal(ownership.word, 'transition', 'its word may be on its way');
    beside.beat(2);
    if (flux) beside.has('local', '1');
    t.equal(ownership.word, 'local');
    beside.give('all', 'none');
    t.equal(ownership.word, 'all', 'and the next one is taken');
  }
});

/** An offer of what is lb2's own is not waited for any longer. */
function lapsed(): Beside {
  const beside = new Beside('deadtime 60\ninitdead 70');
  beside.say(...asks('me', 'local'));
  beside.beat(22);
  return beside;
}

function gives(beside: Beside): void {
  beside.say(...GIVING);
  beside.beat(60);
  beside.say(...asks('done', 'local'));
  beside.beat(1);
}

for (const [meanwhile, play] of Object.entries({
  nothing: () => {},
  'a standby that was asked for here': ({ network }) => network.standby('lb1', 'local'),
  'and one that nobody answered': (beside) => {
    beside.network.standby('lb1', 'local');
    beside.beat(15);
  },
  'an offer of other groups': (beside) => beside.say(...asks('me', 'foreign')),
  'word that all is at rest': (beside) => beside.say(...REST),
} satisfies Record<string, (beside: Beside) => void>))
  t.test(`what is given after all is taken; meanwhile: ${meanwhile}`, async (t) => {
    for (const isHeard of [true, false]) {
      const beside = lapsed();
      play(beside);
      if (isHeard) gives(beside);
      else beside.say(...asks('done', 'local'));
      beside.beat(1);
      t.same(held(beside.network), ['lb1', 'lb1'], isHeard ? 'begun' : 'done');
    }
  });

t.test('what a node that stood still had been offered is taken, too', async (t) => {
  const beside = new Beside('deadtime 60\ninitdead 70');
  beside.say(...asks('me', 'local'));
  beside.network.freeze('lb1');
  beside.network.play(25 * SECOND);
  beside.network.thaw('lb1');
  beside.say(...REST);
  beside.say(...asks('done', 'local'));
  beside.beat(2);
  t.same(held(beside.network), ['lb1', 'lb1']);
});

/** It stops what it gives, for as long as its scripts take. */
function giving(): Beside {
  const beside = new Beside();
  beside.say(...OFFER);
  beside.beat(1);
  beside.say(...GIVING);
  return beside;
}

t.test('who has begun to give may take as long as scripts take', async (t) => {
  const beside = giving();
  beside.beat(300);
  beside.say(...DONE);
  beside.beat(1);
  beside.has('none', '1');
  t.same(held(beside.network), ['lb1', 'lb1']);
});

t.test('it may be asked to give once more meanwhile', async (t) => {
  for (const hold of ['all', 'foreign']) {
    const beside = giving();
    beside.beat(5);
    beside.say(...asks('me', hold));
    beside.beat(60);
    beside.say(...DONE);
    beside.beat(1);
    t.same(held(beside.network), ['lb1', 'lb1'], hold);
  }
});

t.test('which of two offers it gives it says at last', async (t) => {
  const beside = new Beside();
  beside.say(...OFFER);
  beside.say(...asks('me', 'foreign'));
  beside.beat(1);
  beside.say(...GIVING);
  beside.say(...DONE);
  beside.beat(1);
  t.same(held(beside.network), ['lb1', 'lb1']);
});

t.test('that all is at rest may come before the end of a long move', async (t) => {
  const beside = giving();
  beside.beat(30);
  const done = beside.late(...DONE);
  beside.has('none', '1');
  beside.network.play(SECOND / 5);
  done();
  beside.beat(3);
  t.same(held(beside.network), ['lb1', 'lb1']);
});
