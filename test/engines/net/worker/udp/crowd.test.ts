import t from 'tap';
import { Crowd, type Guest } from '../../../../../lib/engines/net/worker/udp/crowd.ts';

class Visitor implements Guest {
  older: Guest | undefined;
  newer: Guest | undefined;
  listed = false;
  isRegular = false;
  readonly #crowd: Crowd<Visitor>;

  constructor(crowd: Crowd<Visitor>) {
    this.#crowd = crowd;
    crowd.add(this);
  }

  reset(): void {
    this.#crowd.remove(this);
  }
}

t.test('the one that was silent longest goes first', async (t) => {
  const crowd = new Crowd<Visitor>();
  const [a, b] = [new Visitor(crowd), new Visitor(crowd)];
  crowd.touch(a);
  t.same([crowd.evict(), crowd.evict(), crowd.evict()], [b, a, undefined]);
});

t.test('those who have shown that they are there stay longest', async (t) => {
  const crowd = new Crowd<Visitor>();
  const regular = new Visitor(crowd);
  crowd.settle(regular);
  const strangers = Array.from({ length: 3 }, () => new Visitor(crowd));
  for (const stranger of strangers) t.equal(crowd.evict(), stranger);
  t.same([...crowd], [regular]);
  t.equal(crowd.evict(), regular);
  crowd.remove(regular);
  t.same([...crowd], [], 'to leave twice does no harm');
});
