import t from 'tap';
import { CheckHistory } from '../../lib/director/check-history.ts';
import { MOST_CHECKS } from '../../lib/model/status.ts';
import { heapInUse } from '../support/heap.ts';
import { bad, good, NOON } from '../support/reports.ts';

const A = '10.1.1.21:80';
const B = '10.1.1.22:80';

/** When the reports were, the newest first. */
const times = (history: CheckHistory, id: string, count = MOST_CHECKS) =>
  history.last(id, count).map(({ at }) => at);

t.test('the newest come first, and each server has its own', async (t) => {
  const history = new CheckHistory();
  for (const at of [1, 2, 3]) history.note(A, good(at));
  history.note(B, good(9));
  t.strictSame(times(history, A), [3, 2, 1]);
  t.strictSame(times(history, A, 2), [3, 2]);
  t.strictSame(times(history, B), [9]);
  t.strictSame(times(history, 'nobody'), []);
});

t.test('no more than the last 20 are kept, wherever the ring stands', async (t) => {
  const history = new CheckHistory();
  for (let at = 1; at <= 3 * MOST_CHECKS; at++) {
    history.note(A, good(at));
    const expected = Array.from(
      { length: Math.min(at, MOST_CHECKS) },
      (_, i) => at - i,
    );
    t.strictSame(times(history, A, 1000), expected);
  }
});

t.test('all of them are counted, with their time', async (t) => {
  const history = new CheckHistory();
  t.same(history.totals(A), { up: 0, down: 0, seconds: 0 });
  for (let at = 1; at <= 2 * MOST_CHECKS; at++) history.note(A, good(at));
  const report = bad(100);
  history.note(A, report);
  history.note(A, report);
  const { up, down, seconds } = history.totals(A);
  t.same([up, down], [40, 1]);
  const ms = 40 * good(1).durationMs + report.durationMs;
  t.ok(Math.abs(seconds - ms / 1000) < 1e-9, `${seconds} s`);
});

t.test('failures in a row', async (t) => {
  const history = new CheckHistory();
  t.equal(history.failing(A), 0);
  const once = bad(0);
  for (const report of [good(0), once, once, bad(1), bad(2)]) history.note(A, report);
  t.equal(history.failing(A), 3);
  t.equal(history.failing(B), 0);
  history.note(A, good(3));
  t.equal(history.failing(A), 0);
});

t.test('a report that is given again counts once, its like counts', async (t) => {
  const history = new CheckHistory();
  const report = good(1);
  history.note(A, report);
  history.note(A, report);
  history.note(A, good(1));
  t.strictSame(times(history, A), [1, 1]);
});

t.test('all of a report is kept that the status tells', async (t) => {
  const history = new CheckHistory();
  const reports = [good(1), bad(2), { ...good(3), made: 'connect' as const }, bad(4)];
  for (const report of reports) history.note(A, report);
  t.match(
    history.last(A, 20),
    reports.toReversed().map(({ maintenance: _, ...kept }) => kept),
  );
});

t.test('what a server says again and again is kept once', async (t) => {
  const servers = 1000;
  const history = new CheckHistory();
  // Each check makes its words anew.
  const said = (at: number) => ({ ...bad(at), message: Buffer.from('no').toString() });
  const before = await heapInUse();
  for (let server = 0; server < servers; server++)
    for (let at = 1; at <= MOST_CHECKS; at++)
      history.note(`${server}`, said(NOON + at));
  const each = ((await heapInUse()) - before) / servers;
  t.ok(each < 1500, `${Math.round(each)} bytes a server`);
  t.equal(history.last('7', 20).length, MOST_CHECKS);
});

t.test('one who leaves and comes back starts anew', async (t) => {
  const history = new CheckHistory();
  history.note(A, good(1));
  history.note(B, good(2));
  history.keep(new Set([A]));
  t.strictSame([times(history, A), times(history, B)], [[1], []]);
});
