import t from 'tap';
import { sharedOut, surplus } from '../../../lib/engines/net/rebalance/surplus.ts';

const level = (id: string, active: number, weight = 1) => ({ id, weight, active });
const came = new Set(['c']);

t.test('others end what they have beyond their weights', async (t) => {
  const levels = [level('a', 150), level('b', 150), level('c', 0)];
  t.match(surplus(levels, came), {
    lack: 100,
    share: 1 / 3,
    beyond: new Map([
      ['a', 50],
      ['b', 50],
    ]),
  });
  const weighed = [level('a', 90, 2), level('b', 10), level('c', 0)];
  t.match(surplus(weighed, came), { lack: 25, beyond: new Map([['a', 40]]) });
});

t.test('nothing ends where it is level, or nobody has any', async (t) => {
  t.equal(surplus([level('a', 101), level('c', 99)], came), undefined);
  t.equal(surplus([level('a', 0), level('c', 0)], came), undefined);
  t.equal(surplus([level('a', 1), level('c', 0)], came), undefined, 'less than one');
  t.equal(surplus([level('c', 5)], came), undefined);
  t.equal(surplus([], came), undefined);
});

t.test('who has most gives first', async (t) => {
  const from = new Map([
    ['a', 5],
    ['b', 2],
    ['c', 0],
  ]);
  t.strictSame(sharedOut(4, from), new Map([['a', 4]]));
  t.strictSame(
    sharedOut(5, from),
    new Map([
      ['a', 4],
      ['b', 1],
    ]),
  );
  t.strictSame(
    sharedOut(99, from),
    new Map([
      ['a', 5],
      ['b', 2],
    ]),
  );
});
