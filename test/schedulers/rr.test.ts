import fc from 'fast-check';
import t from 'tap';
import { rr } from '../../lib/schedulers/rr.ts';
import { someServers } from '../support/arbitrary-servers.ts';
import { client, PlainView, picks } from '../support/plain-view.ts';

t.test('servers take turns, whatever their weights', async (t) => {
  const view = new PlainView(rr, [
    { weight: 9 },
    { weight: 1 },
    { weight: 3, active: 50 },
  ]);
  t.equal(picks(rr, view, 7), 'a b c a b c a');
});

t.test(
  'the turn goes on after the last one chosen, over those not eligible',
  async (t) => {
    const view = new PlainView(rr, [{}, {}, {}, {}]);
    t.equal(picks(rr, view, 2), 'a b');
    view.excluded.add(2);
    t.equal(picks(rr, view, 1), 'd');
    view.excluded.clear();
    t.equal(picks(rr, view, 3), 'a b c');
  },
);

t.test('a change of the rows does not begin the turn anew', async (t) => {
  const view = new PlainView(rr, [{}, {}, {}]);
  t.equal(picks(rr, view, 1), 'a');
  view.change((all) => all.map((one, row) => ({ ...one, weight: row === 2 ? 0 : 1 })));
  t.equal(picks(rr, view, 3), 'b a b');
});

t.test('over whole turns every eligible server gets the same', async (t) => {
  fc.assert(
    fc.property(someServers, fc.nat(50), (servers, before) => {
      const view = new PlainView(rr, servers);
      const eligible = servers.map((_, row) => row).filter((row) => view.eligible(row));
      for (let n = 0; n < before; n++) rr.pick(view, client());
      const turn = eligible.map(() => rr.pick(view, client()));
      t.same(turn.toSorted(), eligible.toSorted());
    }),
  );
});
