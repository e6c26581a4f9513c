import t from 'tap';
import {
  type Aged,
  Recency,
} from '../../../../../lib/engines/net/worker/udp/recency.ts';

interface Named extends Aged {
  readonly name: string;
}

function named(name: string): Named {
  return { name, older: undefined, newer: undefined, listed: false };
}

function order(list: Recency<Named>): string {
  return [...list].map(({ name }) => name).join('');
}

t.test('what is touched becomes the newest', async (t) => {
  const list = new Recency<Named>();
  const [a, b, c] = [named('a'), named('b'), named('c')];
  for (const one of [a, b, c]) list.add(one);
  t.equal(order(list), 'abc');
  list.touch(a);
  t.equal(order(list), 'bca');
  list.touch(c);
  t.equal(order(list), 'bac');
  list.touch(c);
  t.equal(order(list), 'bac');
  t.equal(list.oldest, b);
  t.equal(list.size, 3);
});

t.test('any may leave, and come back', async (t) => {
  const list = new Recency<Named>();
  const [a, b, c] = [named('a'), named('b'), named('c')];
  for (const one of [a, b, c]) list.add(one);
  list.remove(b);
  t.equal(order(list), 'ac');
  t.same([a.listed, b.listed], [true, false]);
  list.remove(a);
  list.remove(c);
  t.equal(list.oldest, undefined);
  t.equal(list.size, 0);
  list.add(b);
  t.equal(order(list), 'b');
});
