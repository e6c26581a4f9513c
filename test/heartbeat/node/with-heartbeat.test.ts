import t from 'tap';
import type { Field, Message } from '../../../lib/heartbeat/wire/message.ts';
import { seal } from '../../../lib/heartbeat/wire/seal.ts';
import { Network } from './network.ts';
import { SECRET } from './options.ts';
import { held, SECOND, seeded } from './scene.ts';

const KEYRING = { current: SECRET, keys: [SECRET] };

/** lb1 beside what says what a Heartbeat says: nothing of itself but its status. */
class Beside {
  readonly network = new Network({ random: seeded(1) });
  #seq = 0;

  constructor() {
    this.network.start('lb1');
    this.say(['t', 'status'], ['st', 'up'], ['dt', '7d0']);
    this.say(['t', 'repnodes'], ['dest', 'lb1'], ['nodelist', 'lb1 lb2 ']);
    this.beat(1);
    this.say(
      ['t', 'resource'],
      ['rsc_hold', 'local'],
      ['rtype', 'full'],
      ['isstable', '1'],
    );
    this.beat(12);
  }

  say(...fields: Message): void {
    const more: Field[] = [
      ['src', 'lb2'],
      ['seq', (++this.#seq).toString(16)],
      ['hg', '1'],
      ['ts', '1'],
    ];
    this.network.inject('lb1', seal([...fields, ...more], KEYRING, 'netstring'));
  }

  /** So many seconds of it. */
  beat(seconds: number): void {
    for (let n = 0; n < seconds; n++) {
      this.say(['t', 'status'], ['st', 'active'], ['dt', '7d0']);
      this.network.play(SECOND);
    }
  }

  get restarts(): number {
    return this.network.actions.filter(({ type }) => type === 'restart').length;
  }
}

t.test('one that has slept through a partition has this node begin anew', async (t) => {
  const beside = new Beside();
  beside.network.play(4 * SECOND);
  t.same(held(beside.network), ['lb1', 'lb1'], 'it was taken for dead');
  beside.beat(3);
  t.same(held(beside.network), ['lb1', 'lb1'], 'it may begin anew by itself');
  beside.beat(2);
  t.same(held(beside.network), ['', ''], 'this node gives up what both have');
  beside.beat(2);
  t.equal(beside.restarts, 1);
});

t.test('one that begins anew gives everything to this node', async (t) => {
  const beside = new Beside();
  beside.network.play(4 * SECOND);
  beside.beat(2);
  beside.say(
    ['t', 'resource'],
    ['rsc_hold', 'none'],
    ['rtype', 'full'],
    ['isstable', '0'],
    ['info', 'shutdown'],
  );
  beside.say(['t', 'shutdone'], ['st', 'dead']);
  beside.network.play(60 * SECOND);
  t.same(held(beside.network), ['lb1', 'lb1']);
  t.equal(beside.restarts, 0);
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
    t.ok(
      network.sent.some(({ name, type }) => name === 'lb1' && type === 'hb_takeover'),
    );
  },
);
