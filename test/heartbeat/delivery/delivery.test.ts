import t from 'tap';
import { History } from '../../../lib/heartbeat/delivery/history.ts';
import { Receipt } from '../../../lib/heartbeat/delivery/receipt.ts';

const half = () => 0.5;
const receipt = (random = half) => new Receipt({ maxDelayMs: 250, random });

t.test('what comes in order is new, and nothing twice', async (t) => {
  const peer = receipt();
  const verdicts = [7, 8, 8, 7, 9].map((seq) => peer.take(seq, 0));
  t.same(verdicts, ['new', 'new', 'duplicate', 'duplicate', 'new']);
  t.equal(peer.missing, 0);
});

t.test(
  'what is missing is asked for after a while, again and again, until it comes',
  async (t) => {
    const peer = receipt();
    peer.take(1, 0);
    peer.take(4, 0);
    t.equal(peer.nextAt, 150);
    t.same(peer.due(149), []);
    t.same(peer.due(150), [2, 3]);
    t.same(peer.due(399), []);
    t.equal(peer.take(3, 399), 'new');
    t.same(peer.due(400), [2]);
    t.equal(peer.take(3, 401), 'duplicate');
    peer.giveUp(2);
    t.same(peer.due(1000), []);
    t.equal(peer.nextAt, Number.POSITIVE_INFINITY);
    t.equal(peer.take(2, 1000), 'duplicate', 'too late');
  },
);

t.test('the first request waits 50 ms to max_rexmit_delay', async (t) => {
  for (const [random, at] of [
    [0, 50],
    [0.999, 249.8],
  ] as const) {
    const peer = receipt(() => random);
    peer.take(1, 0);
    peer.take(3, 0);
    t.equal(peer.nextAt.toFixed(1), at.toFixed(1));
  }
});

t.test('a gap that is too large is left, however it is made', async (t) => {
  const peer = receipt();
  peer.take(1, 0);
  peer.take(1000, 0);
  t.equal(peer.missing, 0);
  for (let seq = 1002; seq < 2000; seq += 2) peer.take(seq, 0);
  t.ok(peer.missing <= 250);
  peer.take(2 ** 31, 0);
  t.equal(peer.missing, 0);
});

t.test('at one in ten, what is here whole is acknowledged', async (t) => {
  const peer = receipt(() => 0.35); // digit 3
  const acknowledged = (seq: number) => {
    peer.take(seq, 0);
    return peer.acknowledgement(seq);
  };
  const none = undefined;
  t.same([1, 2, 3, 4].map(acknowledged), [none, none, 3, none]);
  t.same(
    [13, 23].map(acknowledged),
    [4, none],
    '5 to 12 are missing, and it is said once',
  );
  for (let seq = 5; seq < 13; seq++) t.equal(acknowledged(seq), none);
  t.equal(acknowledged(33), 13, '14 to 22 are missing');
});

t.test(
  'the bytes of what was sent go out again, not more often than every 240 ms',
  async (t) => {
    const history = new History();
    const first = history.next();
    t.equal(first, 1);
    history.add(first, Buffer.from('one'), 0);
    history.add(history.next(), Buffer.from('two'), 0);
    const texts = (now: number) => history.again(1, 2, now).datagrams.map(String);
    t.same(texts(239), []);
    t.same(texts(240), ['one', 'two']);
    t.same(texts(479), []);
    t.same(texts(480), ['one', 'two']);
  },
);

t.test(
  '500 are kept, 50 go out for one request, and who asks for all numbers costs no more',
  async (t) => {
    const history = new History();
    for (let n = 1; n <= 600; n++) history.add(history.next(), Buffer.from(`${n}`), 0);
    t.same(history.again(99, 102, 1000), {
      datagrams: [Buffer.from('101'), Buffer.from('102')],
      numbers: [101, 102],
      forgotten: [99, 100],
    });
    t.equal(history.again(200, 2 ** 40, 1000).datagrams.length, 50);
    const nothing = { datagrams: [], numbers: [], forgotten: [] };
    t.same(history.again(601, 700, 1000), nothing);
    t.equal(history.again(-(2 ** 40), 5, 1000).forgotten.length, 50);
  },
);

t.test('of a long gap fifty are asked for at once, and the others soon', async (t) => {
  const receipt = new Receipt({ maxDelayMs: 50, random: () => 0 });
  receipt.take(1, 0);
  receipt.take(202, 0);
  const asked = [50, 100, 150, 200].map((now) => receipt.due(now));
  t.same(
    asked.map(({ length }) => length),
    [50, 50, 50, 50],
  );
  t.equal(new Set(asked.flat()).size, 200, 'each once');
});
