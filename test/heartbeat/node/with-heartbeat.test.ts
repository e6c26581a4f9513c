import t from 'tap';
import type { Field, Message } from '../../../lib/heartbeat/wire/message.ts';
import { seal } from '../../../lib/heartbeat/wire/seal.ts';
import { Network } from './network.ts';
import { SECRET } from './options.ts';
import { held, SECOND, seeded } from './scene.ts';

const KEYRING = { current: SECRET, keys: [SECRET] };

/** lb1 beside what says what a Heartbeat says: nothing of itself but its status. */
class Beside {
  readonly network: Network;
  #seq = 0;

  constructor(haCf = '') {
    this.network = new Network({ haCf, random: seeded(1) });
    this.network.start('lb1');
    this.say(['t', 'status'], ['st', 'up'], ['dt', '7d0']);
    this.say(['t', 'repnodes'], ['dest', 'lb1'], ['nodelist', 'lb1 lb2 ']);
    this.beat(1);
    this.has('local', '1');
    this.beat(12);
  }

  say(...fields: Message): void {
    this.late(...fields)();
  }

  /** What it says now comes when that is called, behind what it says meanwhile. */
  late(...fields: Message): () => void {
    const more: Field[] = [
      ['src', 'lb2'],
      ['seq', (++this.#seq).toString(16)],
      ['hg', '1'],
      ['ts', '1'],
    ];
    const datagram = seal([...fields, ...more], KEYRING, 'netstring');
    return () => this.network.inject('lb1', datagram);
  }

  /** So many seconds of it. */
  beat(seconds: number): void {
    for (let n = 0; n < seconds; n++) {
      this.say(['t', 'status'], ['st', 'active'], ['dt', '7d0']);
      this.network.play(SECOND);
    }
  }

  /** It was silent, and goes on. */
  goOn(): void {
    this.network.play(4 * SECOND);
    this.say(['t', 'status'], ['st', 'active'], ['dt', '7d0']);
    this.network.play(SECOND / 4);
  }

  /** Says what it has. */
  has(hold: string, isStable: '0' | '1', info?: string): void {
    const fields: Message = [
      ['rsc_hold', hold],
      ['rtype', 'full'],
      ['isstable', isStable],
    ];
    this.say(
      ['t', 'resource'],
      ...fields,
      ...(info === undefined ? [] : [['info', info] as const]),
    );
  }

  /** In three steps. */
  give(hold: string, rest: string): void {
    const step = (info: string) =>
      this.say(['t', 'ask_resources'], ['rsc_hold', hold], ['info', info]);
    step('me');
    this.beat(1);
    this.has(rest, '0', 'standby');
    step('done');
    this.beat(1);
    this.has(rest, '1');
  }

  /** For what lb1 has asked, and when. */
  get asked(): readonly { readonly at: number; readonly hold: string | undefined }[] {
    return this.network.sent
      .filter(({ name, type }) => name === 'lb1' && type === 'hb_takeover')
      .map(({ at, hold }) => ({ at, hold }));
  }

  /** Whether lb1 gives back what is the other one's. */
  get offers(): boolean {
    return this.network.log.some((line) =>
      line.endsWith('wants to go standby [foreign]'),
    );
  }

  /** How often lb1 has started groups. */
  get acquired(): number {
    return this.network.actions.filter(({ type }) => type === 'acquire').length;
  }

  get restarts(): number {
    return this.network.actions.filter(({ type }) => type === 'restart').length;
  }
}

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
const REST: Message = [
  ['t', 'resource'],
  ['rsc_hold', 'local'],
  ['rtype', 'full'],
  ['isstable', '1'],
];
const OFFER: Message = [
  ['t', 'ask_resources'],
  ['rsc_hold', 'all'],
  ['info', 'me'],
];

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

t.test('an offer that its giver does not hear itself holds up nothing', async (t) => {
  const beside = new Beside();
  beside.say(...OFFER);
  beside.beat(20);
  const { ownership } = beside.network.node('lb1');
  t.equal(ownership.word, 'transition', 'its word may be on its way');
  beside.beat(6);
  t.equal(ownership.word, 'local');
  beside.give('all', 'none');
  t.equal(ownership.word, 'all', 'and the next one is taken');
});

t.test('who has begun to give may take as long as scripts take', async (t) => {
  const beside = new Beside();
  beside.say(...OFFER);
  beside.beat(1);
  beside.has('none', '0', 'standby');
  beside.beat(300);
  beside.say(['t', 'ask_resources'], ['rsc_hold', 'all'], ['info', 'done']);
  beside.beat(1);
  beside.has('none', '1');
  t.same(held(beside.network), ['lb1', 'lb1']);
});

t.test('what comes behind the end of a move does not hold any more', async (t) => {
  const beside = new Beside();
  const comes = beside.late(...REST);
  beside.say(...OFFER);
  beside.beat(1);
  beside.say(['t', 'ask_resources'], ['rsc_hold', 'all'], ['info', 'done']);
  comes();
  beside.beat(1);
  beside.has('none', '1');
  t.same(held(beside.network), ['lb1', 'lb1']);
});
