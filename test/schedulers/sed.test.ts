import fc from 'fast-check';
import t from 'tap';
import { sed } from '../../lib/schedulers/sed.ts';
import { someServers } from '../support/arbitrary-servers.ts';
import { client, PlainView, picks } from '../support/plain-view.ts';

t.test('the new connection is reckoned in: idle, the heaviest is first', async (t) => {
  const view = new PlainView(sed, [{ weight: 1 }, { weight: 3 }, { weight: 2 }]);
  t.equal(picks(sed, view, 1), 'b');
});

t.test('(active + 1) / weight, worked out by hand', async (t) => {
  // 3/2 = 1.5, 5/4 = 1.25, 2/1 = 2
  const view = new PlainView(sed, [
    { weight: 2, active: 2 },
    { weight: 4, active: 4 },
    { weight: 1, active: 1 },
  ]);
  t.equal(picks(sed, view, 1), 'b');
});

t.test('inactive connections do not count; a tie goes to the first', async (t) => {
  t.equal(picks(sed, new PlainView(sed, [{ inactive: 900 }, {}]), 1), 'a');
});

t.test('it is the first with the least (active + 1) / weight', async (t) => {
  fc.assert(
    fc.property(someServers, (servers) => {
      const view = new PlainView(sed, servers);
      const eligible = servers.map((_, n) => n).filter((n) => view.eligible(n));
      const before = (a: number, b: number) =>
        (view.active(a) + 1) * view.weight(b) < (view.active(b) + 1) * view.weight(a);
      const expected = eligible.find((a) => !eligible.some((b) => before(b, a)));
      t.equal(sed.pick(view, client()), expected);
    }),
  );
});
