import t from 'tap';
import { fo } from '../../lib/schedulers/fo.ts';
import { PlainView, picks } from '../support/plain-view.ts';

t.test('the highest weight takes all, however busy', async (t) => {
  const view = new PlainView(fo, [
    { weight: 2 },
    { weight: 9, active: 900 },
    { weight: 9 },
  ]);
  t.equal(picks(fo, view, 3), 'b b b');
});

t.test('the next highest takes over while it is away', async (t) => {
  const view = new PlainView(fo, [{ weight: 2 }, { weight: 9 }, { weight: 5 }]);
  view.at(1).overloaded = true;
  t.equal(picks(fo, view, 2), 'c c');
  view.excluded.add(2);
  t.equal(picks(fo, view, 1), 'a');
  view.at(1).overloaded = false;
  t.equal(picks(fo, view, 1), 'b');
});
