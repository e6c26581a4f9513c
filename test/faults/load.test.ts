import t from 'tap';
import { lost } from './load.ts';

/** So many visits, a hundredth of a second after each other. */
function visitors(count: number, outcome: string) {
  return Array.from({ length: count }, (_, place) => {
    return { at: place * 10, ms: 5, outcome, body: '' };
  });
}

t.test('a server that ails takes no more than its share', async (t) => {
  const one = [{ server: 'web2', from: 0, until: 1000 }];
  const all = visitors(100, 'ECONNRESET');
  t.match(lost({ visits: all, stays: [] }, one), { cost: 70, gone: { length: 30 } });
  const half = [...visitors(50, 'ok'), ...visitors(50, 'late')];
  t.match(lost({ visits: half, stays: [] }, one), { cost: 50, gone: [] });
  const both = [...one, { server: 'web1', from: 0, until: 1000 }];
  t.match(lost({ visits: all, stays: [] }, both), { cost: 100, gone: [] });
  t.match(lost({ visits: all, stays: [] }, []), { cost: 0, gone: { length: 100 } });
});

t.test('those who stay on it may hear of it a little later', async (t) => {
  const one = [{ server: 'web2', from: 0, until: 1000 }];
  const stay = (server: string, at: number) => {
    return { server, at, outcome: 'ECONNRESET', longestMs: 1 };
  };
  const goneOf = (server: string, at: number) =>
    lost({ visits: [], stays: [stay(server, at)] }, one).gone.length;
  t.equal(goneOf('web2', 1000), 0);
  t.equal(goneOf('web2', 11_000), 0);
  t.equal(goneOf('web2', 11_001), 1, 'that is another matter');
  t.equal(goneOf('web1', 500), 1);
});
