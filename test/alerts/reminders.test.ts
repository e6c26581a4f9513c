import t from 'tap';
import {
  due,
  keepOnly,
  nextDue,
  type Reminders,
  remind,
} from '../../lib/alerts/reminders.ts';

const NONE: Reminders = new Map();
const down = (before: Reminders, real: string, at: number) =>
  remind(before, { real, out: true }, at);

t.test(
  'a server that is out is due when the time has passed, and not before',
  async (t) => {
    const two = down(down(NONE, 'a', 1000), 'b', 1500);
    t.strictSame(due(two, 1000, 1999), []);
    t.strictSame(due(two, 1000, 2000), ['a']);
    t.strictSame(due(two, 1000, 2500), ['a', 'b']);
    t.equal(nextDue(two, 1000), 2000);
  },
);

t.test('being told of starts its time anew', async (t) => {
  const again = down(down(NONE, 'a', 1000), 'a', 2000);
  t.strictSame(due(again, 1000, 2999), []);
  t.equal(nextDue(again, 1000), 3000);
});

t.test('a server that is back, or has left, is not told of again', async (t) => {
  const two = down(down(NONE, 'a', 1000), 'b', 1000);
  t.strictSame(due(remind(two, { real: 'a', out: false }, 1500), 1000, 9000), ['b']);
  t.strictSame(due(keepOnly(two, new Set(['a', 'c'])), 1000, 9000), ['a']);
});

t.test('with emailalertfreq 0 there is none', async (t) => {
  const one = down(NONE, 'a', 1000);
  t.strictSame(due(one, 0, 1e9), []);
  t.equal(nextDue(one, 0), undefined);
  t.equal(nextDue(NONE, 1000), undefined);
});
