import t from 'tap';
import { CheckHistory } from '../../lib/director/check-history.ts';
import { MOST_CHECKS } from '../../lib/model/status.ts';
import { good } from '../support/reports.ts';

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

t.test('a report that is given again counts once, its like counts', async (t) => {
  const history = new CheckHistory();
  const report = good(1);
  history.note(A, report);
  history.note(A, report);
  history.note(A, good(1));
  t.strictSame(times(history, A), [1, 1]);
});

t.test('one who leaves and comes back starts anew', async (t) => {
  const history = new CheckHistory();
  history.note(A, good(1));
  history.note(B, good(2));
  history.keep(new Set([A]));
  t.strictSame([times(history, A), times(history, B)], [[1], []]);
});
