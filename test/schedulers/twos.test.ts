import fc from 'fast-check';
import t from 'tap';
import { twos } from '../../lib/schedulers/twos.ts';
import { someServers } from '../support/arbitrary-servers.ts';
import { client, PlainView } from '../support/plain-view.ts';

/** What two draws pick; each draw is a place from 0 to the sum of the weights. */
function pick(view: PlainView, one: number, two: number): number | undefined {
  let total = 1;
  for (let row = 0; row < view.size; row++)
    if (view.eligible(row)) total += view.weight(row);
  view.draws = [(one + 0.5) / total, (two + 0.5) / total];
  return twos.pick(view, client());
}

t.test(
  'a draw falls on a server as often as its weight, the first once more',
  async (t) => {
    const view = new PlainView(twos, [{ weight: 2 }, { weight: 1 }, { weight: 3 }]);
    const drawn = [0, 1, 2, 3, 4, 5, 6].map((place) => pick(view, place, place));
    t.same(drawn, [0, 0, 0, 1, 2, 2, 2]);
  },
);

t.test(
  'of two drawn the less busy for its weight wins; a tie to the first drawn',
  async (t) => {
    const view = new PlainView(twos, [
      { weight: 1, active: 1 },
      { weight: 4, active: 3 },
    ]);
    t.equal(pick(view, 0, 5), 1);
    t.equal(pick(view, 5, 0), 1);
    view.at(1).active = 4;
    t.equal(pick(view, 0, 5), 0);
    t.equal(pick(view, 5, 0), 1);
  },
);

t.test('it is always eligible, and never busier than both drawn', async (t) => {
  const chance = fc.double({ min: 0, max: 0.999999, noNaN: true });
  fc.assert(
    fc.property(someServers, chance, chance, (servers, one, two) => {
      const view = new PlainView(twos, servers);
      view.draws = [one, two];
      const row = twos.pick(view, client());
      const any = servers.some((_, n) => view.eligible(n));
      t.equal(row !== undefined && view.eligible(row), any);
      if (row === undefined) return;
      view.draws = [one, one];
      const first = twos.pick(view, client()) ?? row;
      t.ok(view.load(row) * view.weight(first) <= view.load(first) * view.weight(row));
    }),
  );
});
