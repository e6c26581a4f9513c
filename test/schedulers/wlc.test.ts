import fc from 'fast-check';
import t from 'tap';
import { wlc } from '../../lib/schedulers/wlc.ts';
import { someServers } from '../support/arbitrary-servers.ts';
import { client, PlainView, picks } from '../support/plain-view.ts';

t.test('the lowest load per unit of weight', async (t) => {
  const view = new PlainView(wlc, [
    { weight: 1, active: 1 },
    { weight: 3, active: 2 },
    { weight: 2, active: 2 },
  ]);
  t.equal(picks(wlc, view, 1), 'b');
});

t.test('a tie goes to the first, of idle servers too', async (t) => {
  t.equal(picks(wlc, new PlainView(wlc, [{ weight: 1 }, { weight: 9 }]), 1), 'a');
  const even = [
    { weight: 1, active: 2 },
    { weight: 2, active: 4 },
  ];
  t.equal(picks(wlc, new PlainView(wlc, even), 1), 'a');
});

t.test('connections that stay spread as the weights are', async (t) => {
  const view = new PlainView(wlc, [{ weight: 1 }, { weight: 2 }, { weight: 5 }]);
  for (let n = 0; n < 800; n++) view.at(wlc.pick(view, client()) ?? -1).active++;
  t.same(
    view.servers.map((one) => one.active),
    [100, 200, 500],
  );
});

t.test('it is the first with the least load / weight, reckoned exactly', async (t) => {
  fc.assert(
    fc.property(someServers, (servers) => {
      const view = new PlainView(wlc, servers);
      const row = wlc.pick(view, client());
      const eligible = servers.map((_, n) => n).filter((n) => view.eligible(n));
      const before = (a: number, b: number) =>
        BigInt(view.load(a)) * BigInt(view.weight(b)) <
        BigInt(view.load(b)) * BigInt(view.weight(a));
      t.equal(
        row,
        eligible.find((a) => !eligible.some((b) => before(b, a))),
      );
    }),
  );
});
