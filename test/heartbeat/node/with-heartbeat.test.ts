import t from 'tap';
import { Beside } from './beside.ts';
import { held, SECOND } from './scene.ts';

t.test(
  'one that was frozen and does not notice is asked for what both have',
  async (t) => {
    const beside = new Beside();
    const { network } = beside;
    beside.goOn();
    t.same(held(network), ['lb1', 'lb1'], 'it was taken for dead');
    t.same(beside.asked, [{ at: network.now - SECOND / 4, hold: 'all' }], 'at once');
    const acquired = beside.acquired;
    beside.give('all', 'none');
    t.equal(beside.acquired, acquired + 1, 'what runs here is announced once more');
    beside.beat(2);
    t.notOk(beside.offers, 'it may still begin anew');
    beside.beat(2);
    t.ok(beside.offers, 'it gets its own back');
    t.same(held(network), ['lb1', 'lb1'], 'and nobody was without meanwhile');
    t.equal(beside.restarts, 0);
    t.equal(beside.asked.length, 1);
  },
);

t.test(
  'one that takes what is not its own when it goes on is asked, too',
  async (t) => {
    const beside = new Beside();
    const { network } = beside;
    beside.goOn();
    beside.say(['t', 'resource'], ['rsc_hold', 'foreign'], ['info', 'mach_down']);
    beside.has('all', '1');
    beside.give('all', 'none');
    t.equal(beside.asked.length, 1);
    beside.beat(10);
    t.ok(beside.offers, 'it gets its own back');
    t.same(held(network), ['lb1', 'lb1']);
    t.equal(beside.restarts, 0);
  },
);

t.test('one that takes for dead who is there is asked for that alone', async (t) => {
  const beside = new Beside();
  const { network } = beside;
  beside.has('all', '1');
  network.play(SECOND / 4);
  t.same(beside.asked, [{ at: network.now - SECOND / 4, hold: 'local' }]);
  beside.give('foreign', 'local');
  t.same(held(network), ['lb1', ''], 'it keeps its own');
  beside.beat(10);
  t.equal(beside.asked.length, 1);
  t.equal(beside.restarts, 0);
});

t.test('one that does not answer has this node begin anew', async (t) => {
  const beside = new Beside();
  beside.network.play(4 * SECOND);
  beside.beat(4);
  beside.has('all', '1');
  t.same(held(beside.network), ['lb1', 'lb1'], 'it may be slow');
  t.equal(beside.asked.length, 5, 'it is asked again');
  beside.beat(2);
  t.same(held(beside.network), ['', ''], 'this node gives up what both have');
  beside.beat(2);
  t.equal(beside.restarts, 1);
});

t.test('who is ill asks for nothing, and begins anew', async (t) => {
  const beside = new Beside();
  beside.network.play(4 * SECOND);
  beside.network.healthy('lb1', false);
  beside.beat(8);
  t.same(beside.asked, []);
  t.equal(beside.restarts, 1);
});

t.test(
  'with auto_failback legacy this node begins anew, unless the other one does',
  async (t) => {
    const beside = new Beside('auto_failback legacy');
    beside.network.play(4 * SECOND);
    beside.beat(3);
    t.same(held(beside.network), ['lb1', 'lb1']);
    beside.beat(3);
    t.same(beside.asked, []);
    t.equal(beside.restarts, 1);
  },
);

t.test('one that begins anew gives everything to this node', async (t) => {
  for (const gives of [false, true]) {
    const beside = new Beside();
    beside.goOn();
    if (gives) beside.give('all', 'none');
    beside.beat(1);
    beside.has('none', '0', 'shutdown');
    beside.say(['t', 'shutdone'], ['st', 'dead']);
    beside.network.play(60 * SECOND);
    t.same(held(beside.network), ['lb1', 'lb1']);
    t.notOk(beside.offers);
    t.equal(beside.restarts, 0);
  }
});

t.test(
  'who is ill gives to a Heartbeat too, and asks for its own when it is well',
  async (t) => {
    const beside = new Beside();
    const { network } = beside;
    network.healthy('lb1', false);
    beside.beat(2);
    t.ok(network.log.some((line) => line.endsWith('lb1 wants to go standby [all]')));
    beside.say(['t', 'ask_resources'], ['rsc_hold', 'all'], ['info', 'other']);
    beside.beat(1);
    beside.say(['t', 'ask_resources'], ['rsc_hold', 'all'], ['info', 'done']);
    beside.say(
      ['t', 'resource'],
      ['rsc_hold', 'all'],
      ['rtype', 'full'],
      ['isstable', '1'],
    );
    beside.beat(60);
    t.same(held(network), ['', ''], 'it is not taken back while this node is ill');
    network.healthy('lb1', true);
    beside.beat(11);
    t.match(beside.asked, [{ hold: 'local' }]);
  },
);

/** What it has, and that it is stable, in the words of {@link Beside.has}. */
