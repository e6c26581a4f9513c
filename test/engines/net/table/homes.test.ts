import t from 'tap';
import { Homes } from '../../../../lib/engines/net/table/homes.ts';

t.test('services that live in one worker spread over all, and stay', async (t) => {
  const homes = new Homes(3);
  const settle = () => ['a', 'b', 'c', 'd'].map((id) => homes.settle(id, true));
  t.same(settle(), [0, 1, 2, 0]);
  t.same(settle(), [0, 1, 2, 0]);
  homes.leave('b');
  t.equal(homes.settle('e', true), 1, 'the place of one that left is taken');
  t.equal(homes.settle('a', false), undefined, 'a shared one has no home');
  t.equal(homes.settle('f', true), 0);
});
