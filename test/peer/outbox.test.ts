import t from 'tap';
import { clientItems, wishItems } from '../../lib/peer/items.ts';
import { byOwnClock, parseMessage } from '../../lib/peer/messages.ts';
import { Outbox } from '../../lib/peer/outbox.ts';

function box() {
  const said: string[] = [];
  return { said, outbox: new Outbox((text) => said.push(text)) };
}

const item = (text: string, entries = 1) => ({ text: () => text, entries });
const many = (count: number, text = 'x') =>
  Array.from({ length: count }, (_, n) => item(`${text}${n}`));

t.test('everything comes first, then what is new, some at a time', async (t) => {
  const { said, outbox } = box();
  t.ok(outbox.wantsAll);
  outbox.tell([item('part of everything')]);
  t.strictSame(said, []);
  outbox.gather();
  outbox.tell([item('new')]);
  outbox.tellAll([item('all', 5)]);
  t.strictSame(said, ['new', 'all'], 'what was said while it was gathered');
  t.equal(outbox.behind, 6);
  outbox.done(2);
  t.equal(outbox.behind, 0);
  t.ok(outbox.isIdle);
  outbox.tell(many(20));
  t.equal(said.length, 10, 'eight are on their way');
  outbox.done(5);
  t.equal(said.length, 13);
  t.equal(outbox.behind, 17);
  outbox.done(5);
  outbox.done(4);
  t.equal(said.length, 13, 'heard once');
  outbox.tell([item('urgent')], true);
  outbox.done(6);
  t.equal(said.at(-1), 'urgent');
  outbox.done(1e6);
  t.equal(outbox.sent, 6 + 21 - outbox.behind + 8);
});

t.test('one who does not hear costs no more than a bound', async (t) => {
  const { said, outbox } = box();
  outbox.gather();
  outbox.tellAll([]);
  for (let times = 0; times < 100; times++) outbox.tell(many(100));
  t.equal(said.length, 8);
  t.ok(outbox.behind <= 208, `${outbox.behind}`);
  t.ok(outbox.wantsAll, 'all is told when there is room');
  outbox.done(8);
  outbox.gather();
  outbox.tellAll([item('all')]);
  t.equal(said.at(-1), 'all');
});

t.test(
  'clients go in messages of a bounded size, times by a clock of their own',
  async (t) => {
    const text = (n: number) =>
      JSON.stringify({
        ...{ service: 'tcp:1', server: `s${n}`, netmask: null },
        clients: Array.from({ length: 1000 }, () => '7f000001'),
        ends: Array.from({ length: 1000 }, () => 1_000_060_000),
      });
    const texts = Array.from({ length: 10 }, (_, n) => text(n));
    const tick = performance.now() - 500;
    const items = clientItems({ texts, at: 1e9, tick });
    t.ok(items.length > 1 && items.length <= 10);
    t.equal(
      items.reduce((sum, { entries }) => sum + entries, 0),
      10_000,
    );
    for (const one of items) t.ok(one.text().length < 128 * 1024);
    const message = parseMessage(items[0]?.text() ?? '');
    if (message.type !== 'clients') throw new Error(message.type);
    const [left] = byOwnClock(message, 5000);
    const end = left?.ends[0] ?? 0;
    const least = 65_000 - Math.ceil(performance.now() - tick);
    t.ok(end >= least && end <= 64_500, `half a second is over: ${end}`);
    const [forgotten] = byOwnClock(
      { type: 'clients', at: 1e9, left: [{ ...message.left[0], ends: [0] } as never] },
      5000,
    );
    t.strictSame(forgotten?.ends, [0]);
    t.equal(clientItems({ texts: [], at: 0, tick: 0 }).length, 0);
  },
);

t.test(
  'no message is longer than a frame may be, whatever names are in it',
  async (t) => {
    const name = '\u20ac'.repeat(1000);
    const wish = { state: 'drain', weight: null, by: name, drainLeftMs: 5 } as const;
    const row = {
      service: name,
      real: name,
      count: 1,
      origin: '0123456789abcdef',
      wish,
    };
    const items = wishItems(Array.from({ length: 60 }, () => row));
    t.equal(
      items.reduce((sum, { entries }) => sum + entries, 0),
      60,
    );
    for (const one of items) {
      t.ok(Buffer.byteLength(one.text()) < 256 * 1024 - 64);
      t.match(parseMessage(one.text()), { type: 'wishes', wishes: [{ wish }] });
    }
  },
);

t.test('what is no message is refused', async (t) => {
  const left = {
    ...{ service: 's', server: 'r', netmask: null },
    ...{ clients: ['7f000001'], ends: [1] },
  };
  const told = {
    service: 's',
    real: 'r',
    count: 1,
    origin: '0123456789abcdef',
    wish: null,
  };
  const clients = (one: object) => ({
    type: 'clients',
    at: 1,
    left: [{ ...left, ...one }],
  });
  const wishes = (one: object) => ({ type: 'wishes', wishes: [{ ...told, ...one }] });
  const drain = { state: 'drain', weight: 1, by: 'anna' };
  for (const good of [
    clients({}),
    wishes({}),
    wishes({ wish: drain }),
    { type: 'ask' },
  ])
    t.strictSame(parseMessage(JSON.stringify(good)), good);
  for (const bad of [
    ...[null, 5, 'ask', [], {}, { type: 'other' }, { type: 'done', count: -1 }],
    { type: 'clients', left: [] },
    { type: 'clients', at: 1, left: {} },
    ...[
      { service: 5 },
      { server: null },
      { netmask: 1 },
      { clients: ['7F000001'] },
    ].map(clients),
    ...[{ ends: [] }, { ends: ['1'] }, { ends: [-1] }, { service: '\n' }].map(clients),
    ...[{ count: 1.5 }, { origin: 'x' }, { real: 'x'.repeat(1001) }, { wish: 1 }].map(
      wishes,
    ),
    ...[{ state: 'up' }, { weight: 65_536 }, { by: '\u001b' }, { drainLeftMs: -1 }].map(
      (one) => wishes({ wish: { ...drain, ...one } }),
    ),
  ])
    t.throws(() => parseMessage(JSON.stringify(bad)), Error);
});
