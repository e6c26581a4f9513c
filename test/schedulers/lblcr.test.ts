import t from 'tap';
import { lblcr } from '../../lib/schedulers/lblcr.ts';
import { PlainView, picks, server } from '../support/plain-view.ts';

const HOUR = 3_600_000;

/** Three servers of weight 4; a is chosen first, and b has joined when a was overloaded. */
function setOfTwo(): PlainView {
  const view = new PlainView(lblcr, [{ weight: 4 }, { weight: 4 }, { weight: 4 }]);
  picks(lblcr, view, 1);
  view.at(0).active = 5;
  picks(lblcr, view, 1);
  return view;
}

t.test('the first choice is the lightest, and stays while it is busy', async (t) => {
  const view = new PlainView(lblcr, [{ weight: 9, active: 1 }, { weight: 9 }]);
  t.equal(picks(lblcr, view, 1), 'b');
  view.at(1).active = 9;
  t.equal(picks(lblcr, view, 2), 'b b');
});

t.test('overloaded, the lightest joins, and the set shares', async (t) => {
  const view = setOfTwo();
  t.equal(picks(lblcr, view, 1), 'b');
  view.at(1).active = 3;
  view.at(0).active = 2;
  t.equal(picks(lblcr, view, 1), 'a', 'a is still in the set, c is idle and not in it');
});

t.test('a tie in the set goes to the one that joined last', async (t) => {
  const view = setOfTwo();
  view.at(0).active = 2;
  view.at(1).active = 2;
  t.equal(picks(lblcr, view, 1), 'b');
});

t.test('a set unchanged for a day loses its busiest, once a day', async (t) => {
  const view = setOfTwo();
  view.at(0).active = 2;
  view.at(1).active = 3;
  for (let hour = 0; hour < 24; hour++) {
    view.clock += HOUR;
    t.equal(picks(lblcr, view, 1), 'a');
  }
  view.clock += 1;
  t.equal(picks(lblcr, view, 1), 'a', 'b is dropped here');
  view.at(0).active = 4;
  view.at(1).active = 0;
  t.equal(picks(lblcr, view, 1), 'a', 'a alone is left');
});

t.test('a set unused for a day is forgotten', async (t) => {
  const view = setOfTwo();
  view.at(1).active = 1;
  view.clock = 24 * HOUR + 1;
  t.equal(picks(lblcr, view, 1), 'c');
});

t.test('members that went away or are not eligible are passed over', async (t) => {
  const view = setOfTwo();
  view.excluded.add(1);
  view.at(0).active = 1;
  t.equal(picks(lblcr, view, 1), 'a');
  view.excluded.clear();
  view.change((all) => [server({ weight: 4 }, 9), ...all.slice(1)]);
  t.equal(picks(lblcr, view, 1), 'b', 'a is gone, b is in the set');
});
