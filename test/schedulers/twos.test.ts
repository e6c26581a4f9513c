import fc from 'fast-check';
import t from 'tap';
import { twos } from '../../lib/schedulers/twos.ts';
import { someServers } from '../support/arbitrary-servers.ts';
import { client, PlainView } from '../support/plain-view.ts';

/** What two draws pick; each is a place from 0 up to the sum of all weights. */
function pick(view: PlainView, one: number, two: number): number | undefined {
  const total = view.servers.reduce((sum, { weight }) => sum + weight, 0);
  view.draws = [(one + 0.5) / total, (two + 0.5) / total];
  return twos.pick(view, client());
}

t.test('a draw falls on a server as often as its weight', async (t) => {
  const view = new PlainView(twos, [
    { weight: 2 },
    { weight: 0 },
    { weight: 1 },
    { weight: 3 },
  ]);
  const drawn = [0, 1, 2, 3, 4, 5].map((place) => pick(view, place, place));
  t.same(drawn, [0, 0, 2, 3, 3, 3]);
});

t.test(
  'of two drawn the less busy for its weight wins; a tie to the first drawn',
  async (t) => {
    const view = new PlainView(twos, [
      { weight: 1, active: 1 },
      { weight: 4, active: 3 },
    ]);
    t.equal(pick(view, 0, 4), 1);
    t.equal(pick(view, 4, 0), 1);
    view.at(1).active = 4;
    t.equal(pick(view, 0, 4), 0);
    t.equal(pick(view, 4, 0), 1);
  },
);

t.test('shares of connections that end at once are the weights', async (t) => {
  for (const servers of [
    [{ weight: 1 }, { weight: 2 }, { weight: 5 }],
    // The heavy one is not eligible: nearly every draw falls on it.
    [{ weight: 1 }, { weight: 2 }, { weight: 5 }, { weight: 65535, overloaded: true }],
  ]) {
    const view = new PlainView(twos, servers);
    let state = 1;
    view.random = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const counts = [0, 0, 0, 0];
    for (let n = 0; n < 8000; n++) {
      const row = twos.pick(view, client()) ?? -1;
      counts[row] = (counts[row] ?? 0) + 1;
    }
    for (const [row, share] of [1000, 2000, 5000, 0].entries())
      t.ok(Math.abs((counts[row] ?? 0) - share) <= 150, `${counts}`);
  }
});

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
      // A draw that falls on one that is not eligible is made again.
      if (servers.some((_, n) => view.weight(n) > 0 && !view.eligible(n))) return;
      view.draws = [one, one];
      const first = twos.pick(view, client()) ?? row;
      t.ok(view.load(row) * view.weight(first) <= view.load(first) * view.weight(row));
    }),
  );
});
