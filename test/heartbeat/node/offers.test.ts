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

t.test('what is given after all is taken', async (t) => {
  for (const late of [GIVING, DONE]) {
    const beside = new Beside();
    beside.say(...OFFER);
    const giving = beside.late(...GIVING);
    const done = beside.late(...DONE);
    beside.beat(25);
    if (late === GIVING) giving();
    beside.beat(late === GIVING ? 60 : 0);
    done();
    beside.beat(1);
    t.same(held(beside.network), ['lb1', 'lb1'], late === GIVING ? 'begun' : 'done');
  }
});

t.test('who has begun to give may take as long as scripts take', async (t) => {
  const beside = new Beside();
  beside.say(...OFFER);
  beside.beat(1);
  beside.say(...GIVING);
  beside.beat(300);
  beside.say(...DONE);
  beside.beat(1);
  beside.has('none', '1');
  t.same(held(beside.network), ['lb1', 'lb1']);
});

t.test('it may be asked to give once more meanwhile', async (t) => {
  for (const hold of ['all', 'foreign']) {
    const beside = new Beside();
    beside.say(...OFFER);
    beside.beat(1);
    beside.say(...GIVING);
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
  const beside = new Beside();
  beside.say(...OFFER);
  beside.beat(1);
  beside.say(...GIVING);
  beside.beat(30);
  const done = beside.late(...DONE);
  beside.has('none', '1');
  beside.network.play(SECOND / 5);
  done();
  beside.beat(3);
  t.same(held(beside.network), ['lb1', 'lb1']);
});
