import t from 'tap';
import { humanRate, sparkline } from '../../../lib/cli/top/bars.ts';
import { ratesOf } from '../../../lib/cli/top/rates.ts';
import { createScreen } from '../../../lib/cli/top/screen.ts';
import { Session } from '../../../lib/cli/top/session.ts';
import { realStatus, serviceStatus, statusDocument } from '../../support/status.ts';

const look = (totalConnections: number, bytesIn = 0) =>
  statusDocument({
    services: [
      serviceStatus({
        acceptedConnections: 0,
        reals: [realStatus({ totalConnections, bytesIn, bytesOut: 0 })],
      }),
    ],
  });
const KEY = 'tcp:10.1.1.19:80/10.1.1.21:80';

t.test('a rate is what has come in the time between', async (t) => {
  const first = ratesOf(look(100, 1_000), 5_000, undefined);
  t.match(first.rows.get(KEY), { connections: undefined, history: [] });
  const second = ratesOf(look(110, 3_000), 7_000, first);
  t.match(second.rows.get(KEY), { connections: 5, bytesIn: 1_000, history: [5] });
  t.match(second.rows.get('tcp:10.1.1.19:80'), { connections: 5 });
  const third = ratesOf(look(110), 8_000, second);
  t.match(third.rows.get(KEY), { connections: 0, bytesIn: undefined, history: [5, 0] });
});

t.test('a counter that began anew has no rate', async (t) => {
  const later = ratesOf(look(3), 1_000, ratesOf(look(100), 0, undefined));
  t.match(later.rows.get(KEY), { connections: undefined, history: [] });
});

t.test('the history is bounded', async (t) => {
  let rates = ratesOf(look(0), 0, undefined);
  for (let i = 1; i <= 100; i++) rates = ratesOf(look(i * i), i * 1_000, rates);
  const { history = [] } = rates.rows.get(KEY) ?? {};
  t.equal(history.length, 60);
  t.equal(history.at(-1), 199);
});

t.test('sparklines and figures', async (t) => {
  const utf = { ascii: false };
  t.equal(sparkline([0, 1, 4, 8], 6, utf), '   ▁▄█');
  t.equal(sparkline([1, 2, 3, 0.001, 1000], 3, utf), '▁▁█');
  t.equal(sparkline([], 3, utf), '   ');
  t.equal(sparkline([0, 1, 8], 3, { ascii: true }), ' .#');
  const figures = [undefined, 0, 0.42, 9.94, 9.96, 999, 1_200, 33_000, 2e6, 4e9, 9e12];
  t.same(figures.map(humanRate), [
    ...['-', '0', '0.4', '9.9', '10', '999', '1.2k', '33k', '2.0M', '4.0G', '9000G'],
  ]);
});

t.test('only what changed is written, in one piece', async (t) => {
  const written: string[] = [];
  const screen = createScreen({ write: (text) => written.push(text) > 0 });
  screen.enter();
  t.match(written.pop(), '\u001b[?1049h');
  screen.draw(['one', 'two']);
  t.match(written.pop(), '\u001b[2J\u001b[1;1H\u001b[Kone\u001b[2;1H\u001b[Ktwo');
  screen.draw(['one', 'TWO']);
  t.equal(written.pop(), '\u001b[?2026h\u001b[2;1H\u001b[KTWO\u001b[?2026l');
  screen.draw(['one', 'TWO']);
  t.same(written, []);
  screen.forget();
  screen.draw(['one', 'TWO']);
  t.match(written.pop(), 'one');
});

t.test('an answer in one piece with its question is none', async (t) => {
  const session = new Session(statusDocument(), 0);
  const size = { columns: 80, rows: 24 };
  t.same(session.keys('jdy', size), []);
  t.match(session.keys('y', size), [{ type: 'change' }]);
  t.same(session.keys('++-+yq', size), [], 'more of a weight is no answer either');
  t.match(session.keys('y', size), [{ question: { words: / 1 -> 3$/ } }]);
});
