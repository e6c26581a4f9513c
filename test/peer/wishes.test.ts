import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import type { AdminState, KeptOverride } from '../../lib/model/override.ts';
import type { StampedWish } from '../../lib/model/peer-wish.ts';
import { Wishes, wordsOf } from '../../lib/peer/wishes.ts';
import { aReal } from '../support/config.ts';

const SERVICE = 'tcp:10.1.1.19:80';
const REAL = aReal('10.1.1.21:80');
const everywhere = () => true;

function byHand(
  weight: number | null,
  { state = 'ready' as AdminState, real = REAL, drain = '' } = {},
): KeptOverride {
  const by = 'uid 0 (root)';
  return {
    ...{ service: SERVICE, real },
    override: { state, weight, by, since: '2026-11-26T12:00:00.000Z' },
    drain: drain === '' ? undefined : { at: drain, by },
  };
}

/** Two directors, and what is in force at each: what one is told it puts in force at once. */
function director(origin: string) {
  const wishes = new Wishes({ origin, wishes: [] });
  let force: readonly KeptOverride[] = [];
  const hear = (told: readonly StampedWish[]) => {
    wishes.take(told);
    for (const one of wishes.due(everywhere)) {
      wishes.begin(one);
      const { wish } = one;
      force = wordsOf(wish) === '' || !wish ? [] : [byHand(wish.weight, wish)];
      t.strictSame(wishes.seen(force, everywhere), [], 'it is no change of its own');
      wishes.end(one, wordsOf(wish));
    }
    t.strictSame(wishes.seen(force, everywhere), [], 'nor is it afterwards');
  };
  const change = (...now: readonly KeptOverride[]) => {
    force = now;
    return wishes.seen(force, everywhere);
  };
  return { wishes, hear, change, weight: () => force[0]?.override.weight };
}

t.test('a change is told once, and holds at the other', async (t) => {
  const [one, two] = [director('a'), director('b')];
  const told = one.change(byHand(5));
  t.match(told, [{ count: 1, origin: 'a', real: REAL.id, wish: { weight: 5 } }]);
  t.strictSame(one.change(byHand(5)), []);
  two.hear(told);
  t.equal(two.weight(), 5);
  one.hear(two.change(byHand(7)));
  t.equal(one.weight(), 7);
  two.hear(one.change());
  t.equal(two.weight(), undefined, 'a removal is a change too');
});

t.test('the later one wins, whoever hears of it first', async (t) => {
  const [one, two] = [director('a'), director('b')];
  const five = one.change(byHand(5));
  const six = one.change(byHand(6));
  two.hear(six);
  two.hear(five);
  t.equal(two.weight(), 6);
  const [seven, eight] = [one.change(byHand(7)), two.change(byHand(8))];
  one.hear(eight);
  two.hear(seven);
  t.equal(one.weight(), 8, 'of two at a time it is the same one on both sides');
  t.equal(two.weight(), 8);
});

t.test('a removal outlives a restart of who has heard of it', async (t) => {
  const [one, two] = [director('a'), director('b')];
  const five = one.change(byHand(5));
  two.hear(five);
  two.change();
  const again = new Wishes(two.wishes.left());
  t.equal(again.take(five), 0);
  t.strictSame(again.due(everywhere), []);
  one.hear(again.all());
  t.equal(one.weight(), undefined);
});

t.test('what is for nobody here waits, up to a bound', async (t) => {
  const wishes = new Wishes({ origin: 'b', wishes: [] }, 2);
  const wish = { state: 'ready', weight: 5, by: 'anna' } as const;
  const told = ['a:1', 'b:1', 'c:1'].map(
    (real, at): StampedWish => ({
      ...{ service: SERVICE, real, count: at + 1, origin: 'a', wish },
    }),
  );
  t.equal(wishes.take(told), 1);
  t.strictSame(
    wishes.due(() => false),
    [],
  );
  t.match(
    wishes.due(({ real }) => real === 'b:1'),
    [{ real: 'b:1' }],
  );
  t.strictSame(wishes.seen([], everywhere), [], 'it never was in force');
  t.equal(wishes.left().wishes.length, 2);
});

t.test('the oldest removal makes room', async (t) => {
  const wishes = new Wishes({ origin: 'a', wishes: [] }, 2);
  const [x, y, z] = ['10.1.1.1:80', '10.1.1.2:80', '10.1.1.3:80'].map((place) =>
    byHand(1, { real: aReal(place) }),
  );
  if (!x || !y || !z) throw new Error('three');
  wishes.seen([x, y], everywhere);
  wishes.seen([y], everywhere);
  t.equal(wishes.seen([y, z], everywhere).length, 1);
  t.strictSame(
    wishes
      .left()
      .wishes.map(({ real }) => real)
      .toSorted(),
    [y.real.id, z.real.id],
  );
});

t.test(
  'who is gone from the file is forgotten, and nothing is told of it',
  async (t) => {
    const wishes = new Wishes({ origin: 'a', wishes: [] });
    wishes.seen([byHand(5)], everywhere);
    t.strictSame(
      wishes.seen([], () => false),
      [],
    );
    t.strictSame(wishes.all(), []);
  },
);

t.test('a drain goes with what is left of its time', async (t) => {
  const wishes = new Wishes({ origin: 'a', wishes: [] });
  const drain = new Date(Date.now() + 60_000).toISOString();
  const [told] = wishes.seen([byHand(null, { state: 'drain', drain })], everywhere);
  const leftMs = told?.wish?.drainLeftMs ?? 0;
  t.ok(leftMs > 50_000 && leftMs <= 60_000, `${leftMs} ms`);
  t.strictSame(wishes.seen([byHand(null, { state: 'drain' })], everywhere), []);
  const later = new Date(Date.now() + 90_000).toISOString();
  const again = byHand(null, { state: 'drain', drain: later });
  t.match(wishes.seen([again], everywhere), [{ count: 2 }]);
});

t.test('one that comes while another goes into force is not lost', async (t) => {
  const wishes = new Wishes({ origin: 'b', wishes: [] });
  const row = (count: number, weight: number): StampedWish => ({
    ...{ service: SERVICE, real: REAL.id, count, origin: 'a' },
    wish: { state: 'ready', weight, by: 'anna' },
  });
  wishes.take([row(1, 5)]);
  const [first] = wishes.due(everywhere);
  if (!first) throw new Error('it is due');
  wishes.begin(first);
  wishes.take([row(2, 6)]);
  t.strictSame(wishes.due(everywhere), []);
  wishes.end(first, wordsOf(first.wish));
  t.match(wishes.due(everywhere), [{ count: 2 }]);
});

const HIGHEST = Number.MAX_SAFE_INTEGER;
const OF_ANNA = { state: 'maintenance', weight: null, by: 'anna' } as const;

t.test('a count that nobody can have come to is not taken', async (t) => {
  const wishes = new Wishes({ origin: 'a', wishes: [] });
  const row = { service: SERVICE, real: REAL.id, origin: 'c', wish: OF_ANNA };
  for (const count of [HIGHEST, Date.now() + 60_000])
    t.equal(wishes.take([{ ...row, count }]), 1);
  t.strictSame(wishes.due(everywhere), []);
  t.match(wishes.seen([byHand(3)], everywhere), [{ count: 1 }]);
});

t.test('the highest that is taken leaves room for what comes next', async (t) => {
  const [one, two] = [director('a'), director('b')];
  const count = Date.now();
  one.hear([{ service: SERVICE, real: REAL.id, count, origin: 'c', wish: null }]);
  await delay(20);
  const told = one.change(byHand(3));
  t.match(told, [{ count: count + 1 }]);
  t.equal(two.wishes.take(told), 0, 'also at one that knows of none');
  t.equal(two.wishes.due(everywhere).length, 1);
});

t.test('kept counts that nobody can have come to are mended', async (t) => {
  const row = (real: string, count: number) => ({
    ...{ service: SERVICE, real, count, origin: 'a', wish: OF_ANNA },
    ...{ here: 'maintenance as configured', isDue: false },
  });
  const rows = [row('c:1', HIGHEST), row('b:1', HIGHEST - 1), row('a:1', 7)];
  const wishes = new Wishes({ origin: 'a', wishes: rows });
  t.match(
    wishes.left().wishes.map(({ real, count }) => [real, count]),
    [
      ['a:1', 7],
      ['b:1', 8],
      ['c:1', 9],
    ],
  );
});

t.test(
  'what is not in force at the first look is due, and later taken back',
  async (t) => {
    const [one, two] = [director('a'), director('b')];
    one.hear(two.change(byHand(null, { state: 'maintenance' })));
    const again = new Wishes(one.wishes.left());
    t.strictSame(again.seen([], everywhere), [], 'nobody has taken it back');
    const [due] = again.due(everywhere);
    t.match(due, { real: REAL.id, origin: 'b', wish: { state: 'maintenance' } });
    if (!due) return;
    again.begin(due);
    again.end(due, wordsOf(due.wish));
    t.strictSame(again.due(everywhere), []);
    t.match(again.seen([], everywhere), [{ count: 2, origin: 'a', wish: null }]);
  },
);
