import t from 'tap';
import { lblc } from '../../lib/schedulers/lblc.ts';
import { PlainView, picks, server } from '../support/plain-view.ts';

const HOUR = 3_600_000;

t.test('the first choice is the lightest, and stays while it is busy', async (t) => {
  const view = new PlainView(lblc, [{ weight: 9, active: 1 }, { weight: 9 }]);
  t.equal(picks(lblc, view, 1), 'b');
  view.at(1).active = 9;
  t.equal(picks(lblc, view, 2), 'b b');
});

t.test(
  'overloaded, while another has less than half its weight: the lightest',
  async (t) => {
    const view = new PlainView(lblc, [
      { weight: 4 },
      { weight: 4, active: 2 },
      { weight: 4, active: 3 },
    ]);
    t.equal(picks(lblc, view, 1), 'a');
    view.at(0).active = 5;
    t.equal(picks(lblc, view, 1), 'a', 'b has half its weight, not less');
    view.at(1).active = 1;
    t.equal(picks(lblc, view, 1), 'b');
    view.at(0).active = 0;
    t.equal(picks(lblc, view, 1), 'b', 'the new choice stays');
  },
);

for (const [what, edit] of [
  [
    'quiesced',
    (view: PlainView) =>
      view.change((all) =>
        all.map((one, row) => (row === 0 ? { ...one, weight: 0 } : one)),
      ),
  ],
  [
    'over its threshold',
    (view: PlainView) => {
      view.at(0).overloaded = true;
    },
  ],
  [
    'left out for a connection',
    (view: PlainView) => {
      view.excluded.add(0);
    },
  ],
] as const)
  t.test(`${what}, it hands over and does not get back`, async (t) => {
    const view = new PlainView(lblc, [{}, {}]);
    t.equal(picks(lblc, view, 1), 'a');
    edit(view);
    t.equal(picks(lblc, view, 1), 'b');
    view.excluded.clear();
    view.change((all) => all.map((one) => ({ ...one, weight: 1, overloaded: false })));
    t.equal(picks(lblc, view, 1), 'b');
  });

t.test('it is found again in another row, and forgotten when it is gone', async (t) => {
  const view = new PlainView(lblc, [{ active: 1 }, { active: 1 }, {}]);
  t.equal(picks(lblc, view, 1), 'c');
  view.at(2).active = 1;
  view.change((all) => [server({}, 9), ...all.toReversed()]);
  t.equal(picks(lblc, view, 1), 'b', 'the same server');
  view.change((all) => all.filter((_, row) => row !== 1));
  t.equal(picks(lblc, view, 1), 'a');
});

t.test('a day without use, and it is forgotten', async (t) => {
  const view = new PlainView(lblc, [{}, {}]);
  t.equal(picks(lblc, view, 1), 'a');
  view.at(0).active = 1;
  for (view.clock = HOUR; view.clock < 60 * HOUR; view.clock += 24 * HOUR)
    t.equal(picks(lblc, view, 1), 'a', 'each use keeps it');
  view.clock += 1;
  t.equal(picks(lblc, view, 1), 'b');
});
