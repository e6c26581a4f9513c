import fc from 'fast-check';
import t from 'tap';
import { lc } from '../../lib/schedulers/lc.ts';
import { someServers } from '../support/arbitrary-servers.ts';
import { client, PlainView, picks } from '../support/plain-view.ts';

t.test('the fewest connections, whatever the weight', async (t) => {
  const view = new PlainView(lc, [
    { weight: 9, active: 2 },
    { active: 1 },
    { active: 3 },
  ]);
  t.equal(picks(lc, view, 1), 'b');
});

t.test('an active connection counts as much as 256 inactive ones', async (t) => {
  const busy = { active: 1, inactive: 0 };
  t.equal(picks(lc, new PlainView(lc, [busy, { inactive: 255 }]), 1), 'b');
  t.equal(picks(lc, new PlainView(lc, [busy, { inactive: 256 }]), 1), 'a');
  t.equal(picks(lc, new PlainView(lc, [busy, { inactive: 257 }]), 1), 'a');
});

t.test('a tie goes to the first', async (t) => {
  const view = new PlainView(lc, [{ active: 2 }, { active: 1 }, { active: 1 }]);
  t.equal(picks(lc, view, 2), 'b b');
});

t.test('never a busier one than another that is eligible', async (t) => {
  fc.assert(
    fc.property(someServers, (servers) => {
      const view = new PlainView(lc, servers);
      const row = lc.pick(view, client());
      const eligible = servers.map((_, n) => n).filter((n) => view.eligible(n));
      const least = Math.min(...eligible.map((n) => view.load(n)));
      t.equal(
        row,
        eligible.find((n) => view.load(n) === least),
      );
    }),
  );
});
