import fc from 'fast-check';
import t from 'tap';
import { rr } from '../../lib/schedulers/rr.ts';
import { someServers } from '../support/arbitrary-servers.ts';
import { client, PlainView, picks, server } from '../support/plain-view.ts';

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

const HOSTS = 'abcdefgh';

/** A change to these servers, the rows of the first table by their letters. */
function become(view: PlainView, letters: string): void {
  const all = [...HOSTS].map((_, row) => server({}, row));
  view.change(() => [...letters].flatMap((one) => all[HOSTS.indexOf(one)] ?? []));
}

/** Which servers get the next picks, by their letters. */
function turns(view: PlainView, letters: string, count: number): string {
  const rows = Array.from({ length: count }, () => rr.pick(view, client()));
  return rows.map((row) => letters[row ?? -1] ?? '-').join('');
}

t.test(
  'the turn follows the last server chosen over a change of the table',
  async (t) => {
    for (const [before, picked, after, next] of [
      ['b', 'b', 'ab', 'aba'], // one comes up ahead of it
      ['abcd', 'abc', 'bcd', 'dbc'], // one ahead of it goes
      ['abcd', 'abc', 'abcde', 'dea'],
      ['abcd', 'ab', 'dcba', 'adc'], // all change places
      ['abcd', 'ab', 'acd', 'cda'], // it goes itself
      ['abcde', 'abc', 'bde', 'deb'], // it goes, and one ahead of it
      ['abcde', 'abc', 'cde', 'dec'],
      ['abc', 'abc', 'bc', 'bcb'],
      ['abc', 'a', 'bc', 'bcb'],
      ['ab', 'ab', 'h', 'hhh'], // a fallback
      ['ab', 'a', '', '---'],
    ] as const) {
      const view = new PlainView(rr, []);
      become(view, before);
      t.equal(turns(view, before, picked.length), picked);
      become(view, after);
      t.equal(turns(view, after, 3), next, `${before} at ${picked.at(-1)}: ${after}`);
    }
  },
);

t.test('a worker with another table goes on near where the turn was', async (t) => {
  const view = new PlainView(rr, [{}, {}, {}]);
  view.cursor.set([77, 1]);
  t.equal(picks(rr, view, 3), 'b c a');
  view.cursor.set([77, 9]);
  t.equal(picks(rr, view, 3), 'a b c');
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
