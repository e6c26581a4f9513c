import fc from 'fast-check';
import t from 'tap';
import { nq } from '../../lib/schedulers/nq.ts';
import { sed } from '../../lib/schedulers/sed.ts';
import { someServers } from '../support/arbitrary-servers.ts';
import { client, PlainView, picks } from '../support/plain-view.ts';

t.test('an idle server comes before a faster one that is busy', async (t) => {
  const view = new PlainView(nq, [
    { weight: 100, active: 1 },
    { weight: 1 },
    { weight: 2 },
  ]);
  t.equal(picks(nq, view, 1), 'b');
});

t.test('inactive connections leave a server idle', async (t) => {
  const view = new PlainView(nq, [{ active: 1 }, { inactive: 500 }]);
  t.equal(picks(nq, view, 1), 'b');
});

t.test('with none idle it picks as sed does', async (t) => {
  fc.assert(
    fc.property(someServers, (servers) => {
      const view = new PlainView(nq, servers);
      const idle = servers.findIndex(
        (_, n) => view.eligible(n) && view.active(n) === 0,
      );
      const expected = idle >= 0 ? idle : sed.pick(view, client());
      t.equal(nq.pick(view, client()), expected);
    }),
  );
});
